import type { CommandContext } from '../../src/commands/command.ts';

/** A Friday, in winter. */
export const NOW = Date.parse('2026-11-27T10:00:12+01:00');

export function context(changes: Partial<CommandContext> = {}): CommandContext {
  return { nowMs: NOW, zone: 'Europe/Berlin', locale: 'en', region: 'DE', botName: 'bot', ...changes };
}

/** Milliseconds of a wall-clock time with its offset. */
export const at = (iso: string) => Date.parse(iso);
