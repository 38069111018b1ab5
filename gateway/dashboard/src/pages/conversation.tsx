import { useNavigate } from '@tanstack/react-router';
import { useCallback } from 'react';
import { ApprovalById } from '@/features/approvals/approval-card';
import { MessageActions } from '@/features/threads/message-actions';
import { useBranches } from '@/features/threads/messages';
import type { Item } from '@/features/transcript/transcript';
import { TranscriptView } from '@/features/transcript/transcript-view';
import type { Thread } from '@/shared/api/queries';

const approval = (item: Item) => (
  <ApprovalById key={`${item.approvalId}:${item.status}`} id={item.approvalId ?? ''} fallback={`${item.title ?? 'A question'}: ${item.status}`} />
);

/** A thread's transcript with what its engines ask, answerable where it was asked. */
export function Conversation({ thread }: { thread: string }) {
  return <TranscriptView of={{ thread }} approval={approval} />;
}

/** The same by its active branch, with what can be done with each message. */
export function BranchedConversation({ thread }: { thread: Thread }) {
  const navigate = useNavigate();
  const branches = useBranches(thread);
  const footer = useCallback(
    (item: Item) => (
      <MessageActions id={item.messageId ?? item.id} thread={thread} branches={branches} openThread={(id) => void navigate({ to: '/threads/$id', params: { id } })} />
    ),
    [thread, branches, navigate],
  );
  return <TranscriptView of={{ thread: thread.id }} approval={approval} footer={footer} hides={branches.hides} />;
}
