import { useState } from 'react';
import { cut, plainText } from '@/shared/ui/plain-text';
import type { Item, Transcript } from './transcript';

const MOST = 240;

/** What a listener is told of an item; undefined while it is not whole, and of what is not news. */
function said(item: Item | undefined): string | undefined {
  if (item?.kind === 'message' && item.role !== 'user') return cut(plainText(item.text ?? ''), MOST)[0];
  if (item?.kind === 'approval' && item.status === 'pending') return `It asks: ${plainText(item.title ?? '')}`;
  if (item?.kind === 'marker' && (item.status === 'completed' || item.status === 'failed' || item.status === 'cancelled')) return `Run ${item.status}`;
  return undefined;
}

/**
 * Tells a screen reader what is new, once and whole. The transcript itself is silent: its rows come
 * and go with the scroll position, and a text that grows would be read from its beginning each time.
 */
export function Announcer({ transcript }: { transcript: Transcript }) {
  const { order, items } = transcript;
  const id = order.findLast((one) => said(items[one]) !== undefined);
  // What is there at the beginning is read by whoever wants to; only what comes is told.
  const [told, tell] = useState({ id, text: '' });
  if (id !== told.id) tell({ id, text: said(items[id ?? '']) ?? '' });
  return <p role="status" aria-label="News" className="sr-only">{told.text}</p>;
}
