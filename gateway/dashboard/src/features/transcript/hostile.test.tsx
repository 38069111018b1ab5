import { render, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { ItemView, Output } from './item-view';
import Markdown from './markdown';
import { cut, plainText } from '@/shared/ui/plain-text';
import type { Item } from './transcript';

const HOSTILE = [
  '<script>window.hacked = 1</script>',
  '<img src=x onerror="window.hacked = 1">',
  '<iframe src="javascript:alert(1)"></iframe>',
  '[click](javascript:alert(1))',
  '[data](data:text/html;base64,PHNjcmlwdD4=)',
  '![pixel](https://evil.example/pixel.png)',
  '<svg onload=alert(1)>',
  '<form action="https://evil.example"><input></form>',
].join('\n\n');

describe('hostile content', () => {
  it('is inert in Markdown', () => {
    const { container } = render(<Markdown text={HOSTILE} />);
    expect(container.querySelector('script, img, iframe, svg, form, input, style')).toBeNull();
    for (const link of container.querySelectorAll('a')) {
      expect(link.getAttribute('href') ?? '').not.toMatch(/^(javascript|data):/i);
      expect(link.rel).toContain('noopener');
    }
    for (const element of container.querySelectorAll('*')) {
      expect([...element.attributes].filter((one) => one.name.startsWith('on'))).toEqual([]);
    }
  });

  it('is text in output, with nothing that a terminal would obey', () => {
    render(<Output label="Output" text={`${HOSTILE}\u001b[31mred\u001b[0m\u001b]0;title\u0007end`} />);
    const shown = screen.getByRole('region', { name: 'Output' }).textContent;
    expect(shown).toContain('<script>');
    expect(shown).toContain('redend');
    expect(shown).not.toContain('\u001b');
  });

  it('cannot turn a command around with directions', () => {
    expect(plainText('rm \u202e/ fr-\u202c x\u0000y\u0008\tz\r\n')).toBe('rm / fr- xy\tz\n');
  });

  it('of a million characters is shown by its beginning', () => {
    render(<Output label="Output" text={'x'.repeat(1_000_000)} />);
    expect(screen.getByRole('region').textContent).toHaveLength(12_000);
    expect(screen.getByRole('button', { name: /988,000 more/ })).toBeTruthy();
    expect(cut('short', 10)).toEqual(['short', 0]);
  });

  it('in a message of a user is plain text, kind by kind', () => {
    const item = { id: 'm', kind: 'message', role: 'user', text: HOSTILE, at: '2026-11-29T07:00:00Z', sessionId: 's', attempt: 1 } as Item;
    const { container } = render(<ItemView item={item} />);
    expect(container.querySelector('script, img, iframe, a')).toBeNull();
    expect(container.textContent).toContain('<img src=x');
  });
});
