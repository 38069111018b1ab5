import { ApprovalById } from '@/features/approvals/approval-card';
import { TranscriptView } from '@/features/transcript/transcript-view';

/** A thread's transcript with what its engines ask, answerable where it was asked. */
export function Conversation({ thread }: { thread: string }) {
  return (
    <TranscriptView
      of={{ thread }}
      approval={(item) => <ApprovalById key={`${item.approvalId}:${item.status}`} id={item.approvalId ?? ''} fallback={`${item.title ?? 'A question'}: ${item.status}`} />}
    />
  );
}
