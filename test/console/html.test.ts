import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { html } from '../../src/console/html.ts';

test('text is escaped, HTML made by the template is not, undefined is nothing, lists are joined', () => {
  assert.equal(html`<p title="${'"<\'&>'}">${'<b>'}${html`<i>${1}</i>`}${undefined}${[html`a`, html`&amp;`]}</p>`.text, '<p title="&quot;&lt;&#39;&amp;&gt;">&lt;b&gt;<i>1</i>a&amp;</p>');
});

test('no text gets out of an element or a quoted attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const inside = html`${text}`.text;
      assert.doesNotMatch(inside, /[<>"']/);
    }),
  );
});
