import { escapeHtml } from '../../../base/html.ts';
import type { Sandbox } from '../sandbox.ts';
import { dollars, time } from './words.ts';

const MAX_REQUESTS = 20;

/** What the app has asked and what X would have billed, as a part of the page. */
export function metersPart({ spend, requests, faults }: Sandbox): string {
  const { totalMicroUsd, byEndpoint, creditsMicroUsd } = spend.report();
  const rows = Object.entries(byEndpoint).map(
    ([endpoint, { calls, microUsd }]) => `<tr><th scope="row">${escapeHtml(endpoint)}</th><td>${calls}</td><td>${dollars(microUsd)}</td></tr>`,
  );
  const calls = requests
    .list()
    .slice(-MAX_REQUESTS)
    .reverse()
    .map(({ atMs, method, target, status, auth, user, fault, why }) => {
      const who = auth === undefined ? '' : ` as ${auth === 'app' ? 'the app' : `@${user ?? ''}`}`;
      const notes = [fault, why].filter((note) => note !== undefined).join(', ');
      return `<li>${time(atMs)} <code>${escapeHtml(`${method} ${target}`)}</code>${escapeHtml(who)} → ${status ?? 'no answer'}${notes === '' ? '' : ` <span class="note">${escapeHtml(notes)}</span>`}</li>`;
    });
  const credits = creditsMicroUsd === null ? '' : `, ${dollars(Math.max(0, creditsMicroUsd))} of credits left`;
  const waiting = faults.list().length;
  return `<p>X would have billed <b>${dollars(totalMicroUsd)}</b>${credits}.${waiting === 0 ? '' : ` ${waiting} faults wait for their requests.`}</p>
<table><thead><tr><th scope="col">Endpoint</th><th scope="col">Calls</th><th scope="col">Cost</th></tr></thead><tbody>${rows.join('') || '<tr><td colspan="3">no calls yet</td></tr>'}</tbody></table>
<h3>Last requests</h3>
<ol class="calls">${calls.join('') || '<li>none</li>'}</ol>`;
}
