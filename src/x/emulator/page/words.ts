import { escapeHtml } from '../../../base/html.ts';
import type { SandboxState } from '../state.ts';

/** A moment as people of one day read it; the whole of it stands in the attribute. */
export function time(ms: number): string {
  const iso = new Date(ms).toISOString();
  return `<time datetime="${iso}" title="${iso}">${iso.slice(11, 19)}</time>`;
}

/** Text with line ends kept by the style sheet and every @name made to stand out. */
export function prose(text: string): string {
  return escapeHtml(text).replace(/(?<![A-Za-z0-9_@&;])@[A-Za-z0-9_]{1,15}(?![A-Za-z0-9_])/g, '<b class="name">$&</b>');
}

/** The handle of an account, fit for HTML. */
export function handleOf(id: string, state: SandboxState): string {
  return escapeHtml(state.userById(id)?.username ?? id);
}

/** Millionths of a dollar as people read them. */
export function dollars(microUsd: number): string {
  return `$${(microUsd / 1_000_000).toFixed(3)}`;
}
