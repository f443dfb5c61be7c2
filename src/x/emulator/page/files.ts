import type { Sandbox } from '../sandbox.ts';
import { PAGE_CSS } from './page-css.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { pageParts, sandboxPage } from './page.ts';

/** Something that a browser fetches. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

/** Scripts and styles from here only, nothing else from anywhere: a text that got through as markup could do nothing. */
export const PAGE_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** The page and what belongs to it; undefined for another path. */
export function pageFile(path: string, query: URLSearchParams, sandbox: Sandbox): PageFile | undefined {
  switch (path) {
    case '/':
      return { type: 'text/html; charset=utf-8', text: sandboxPage(sandbox, query.get('as') ?? undefined) };
    case '/parts':
      return { type: 'application/json; charset=utf-8', text: JSON.stringify(pageParts(sandbox, query.get('as') ?? '')) };
    case '/page.css':
      return { type: 'text/css; charset=utf-8', text: PAGE_CSS };
    case '/page.js':
      return { type: 'text/javascript; charset=utf-8', text: PAGE_SCRIPT };
    default:
      return undefined;
  }
}
