import { html, type Html } from '../html.ts';

/** A whole page around its cards. */
export function page(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title} · sipweet</title>
<link rel="stylesheet" href="/style.css">
<link rel="icon" href="data:,">
</head>
<body>
<main>
${content}
<footer><a href="/">What is this?</a> · <a href="/link">Link an account</a> · <a href="/unlink">Unlink</a></footer>
</main>
</body>
</html>
`.text;
}

/** One box with a heading and what stands below. */
export function card(title: string, content: Html): Html {
  return html`<section class="card"><h1>${title}</h1>${content}</section>`;
}

/** A sentence about what went wrong, read out by screen readers. */
export function alert(text: string): Html {
  return html`<p class="bad" role="alert">${text}</p>`;
}
