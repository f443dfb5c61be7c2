/**
 * What the page does in the browser. It writes by the control API and shows parts that the server
 * makes; a part is replaced as a whole, and no form stands in one, so what somebody types stays.
 */
export const PAGE_SCRIPT = `'use strict';
const byId = (id) => document.getElementById(id);
const me = byId('as');
const handle = () => me.value.trim().replace(/^@/, '');
const parts = ['accounts', 'timeline', 'messages', 'meters'];
const shown = new Map();
let newest = byId('messages').dataset.newest;

function put(part, html) {
  if (shown.get(part) === html) return;
  shown.set(part, html);
  const element = byId(part);
  const focused = element.contains(document.activeElement) ? document.activeElement.id : '';
  const places = [...element.querySelectorAll('.bubbles')].map((list) => list.scrollTop + list.clientHeight > list.scrollHeight - 8 ? Infinity : list.scrollTop);
  element.innerHTML = html;
  element.querySelectorAll('.bubbles').forEach((list, n) => { list.scrollTop = Math.min(places[n] ?? Infinity, list.scrollHeight); });
  if (focused !== '') byId(focused)?.focus();
}

async function refreshOnce() {
  const answer = await fetch('/parts?as=' + encodeURIComponent(handle()));
  if (!answer.ok) throw new Error(answer.statusText);
  const view = await answer.json();
  for (const part of parts) put(part, view[part]);
  if (view.newest !== null && view.newest.id !== newest) byId('heard').textContent = view.newest.text;
  newest = view.newest === null ? '' : view.newest.id;
}

let running = false;
let again = false;
async function refresh() {
  again = true;
  if (running) return;
  running = true;
  try {
    while (again) {
      again = false;
      await refreshOnce();
    }
    byId('live').textContent = 'live';
  } catch {
    byId('live').textContent = 'not connected: is the sandbox running?';
  } finally {
    running = false;
  }
}

async function send(form, path, body) {
  const problem = form.querySelector('.problem');
  problem.textContent = '';
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error((await answer.json()).error);
    form.elements.text.value = '';
    return true;
  } catch (thrown) {
    problem.textContent = thrown.message;
    return false;
  } finally {
    form.elements.text.focus();
  }
}

let replyToId;
function answering(id, author) {
  replyToId = id;
  byId('answering').textContent = id === undefined ? '' : 'Answers @' + author;
  byId('no-answer').hidden = id === undefined;
}

byId('post').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  if (await send(form, '/posts', { from: handle(), text: form.elements.text.value, replyToId })) answering(undefined);
});
byId('dm').addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.currentTarget;
  send(form, '/messages', { from: handle(), to: form.elements.to.value.trim().replace(/^@/, ''), text: form.elements.text.value });
});
byId('no-answer').addEventListener('click', () => { answering(undefined); byId('post').elements.text.focus(); });
byId('timeline').addEventListener('click', ({ target }) => {
  const button = target.closest('[data-reply]');
  if (button === null) return;
  const { reply, author } = button.dataset;
  const { text } = byId('post').elements;
  answering(reply, author);
  // X puts the name in front of an answer too, and a bot hears of nothing that does not name it.
  if (text.value.trim() === '' && author.toLowerCase() !== handle().toLowerCase()) text.value = '@' + author + ' ';
  text.focus();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && event.target.form !== undefined) event.target.form?.requestSubmit();
});
me.addEventListener('change', () => {
  history.replaceState(null, '', '?as=' + encodeURIComponent(handle()));
  newest = undefined;
  refresh();
});

const changes = new EventSource('/changes');
changes.addEventListener('hello', refresh);
changes.addEventListener('change', refresh);
changes.addEventListener('error', () => { byId('live').textContent = 'not connected: is the sandbox running?'; });
document.querySelectorAll('.bubbles').forEach((list) => { list.scrollTop = list.scrollHeight; });
`;
