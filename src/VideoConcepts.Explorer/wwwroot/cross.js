// Which looks come with which motions.
import { api, asked, count, frequent, h, nameOf, plural, query, remember } from './core.js';
import { growing, reel } from './reels.js';

/** Concepts of a kind that are shown, the most frequent ones. */
export const few = 16;

/** Rows are looks, columns motions; a cell says how many moments have both. */
export function cross(all) {
  const rows = frequent(all.static).slice(0, few),
    columns = frequent(all.dynamic).slice(0, few);
  if (!rows.length || !columns.length) return '';
  const counts = (r, c) => all.table.counts[r.index][c.index];
  const most = Math.max(1, ...rows.flatMap(r => columns.map(c => counts(r, c))));
  const shown = h('div.cell', { 'aria-live': 'polite' });
  let pressed = null;
  function open(row, column, button, clicked = false) {
    pressed?.setAttribute('aria-pressed', 'false');
    pressed = button;
    button.setAttribute('aria-pressed', 'true');
    remember({ cell: `${row.index}x${column.index}` });
    shown.replaceChildren(
      h(
        'div.row',
        { style: { margin: '18px 0 10px' } },
        h(
          'h3',
          {},
          h('span.look', {}, nameOf('static', row.index)),
          ' × ',
          h('span.motion', {}, nameOf('dynamic', column.index)),
        ),
        h('span.soft', {}, plural(counts(row, column), 'moment')),
        h('button.quiet', { type: 'button', onclick: () => back(button) }, '↑ the table'),
      ),
      growing(skip => api(`cells/${row.index}/${column.index}?${query({ skip, take: 24 })}`)),
    );
    if (clicked) shown.scrollIntoView({ block: 'start', behavior: 'smooth' });
  }
  const back = button => {
    button.scrollIntoView({ block: 'center', behavior: 'smooth' });
    button.focus({ preventScroll: true });
  };
  const cells = new Map();
  const table = h(
    'table',
    {},
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('td'),
        columns.map(c =>
          h(
            'th',
            { scope: 'col' },
            reel(c.strongest[0], { small: true, onclick: null, label: nameOf('dynamic', c.index), lit: true }),
            h(
              'a',
              {
                href: `/concept/dynamic/${c.index}`,
                'data-link': true,
                title: nameOf('dynamic', c.index),
              },
              nameOf('dynamic', c.index),
            ),
          ),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      rows.map(r =>
        h(
          'tr',
          {},
          h(
            'th',
            { scope: 'row' },
            h(
              'div',
              {},
              h(
                'a',
                { href: `/concept/static/${r.index}`, 'data-link': true, title: nameOf('static', r.index) },
                nameOf('static', r.index),
              ),
              reel(r.strongest[0], { small: true, onclick: null, label: nameOf('static', r.index) }),
            ),
          ),
          columns.map(c => {
            const n = counts(r, c),
              part = Math.sqrt(n / most);
            const button = h(
              'button',
              {
                type: 'button',
                disabled: n === 0,
                'aria-pressed': 'false',
                'aria-label': `${nameOf('static', r.index)} with ${nameOf('dynamic', c.index)}: ${plural(n, 'moment')}`,
                style: n
                  ? {
                      background: `color-mix(in srgb, var(--look) ${Math.round(12 + 78 * part)}%, var(--grid))`,
                      color: part > 0.55 ? 'var(--page)' : 'var(--ink)',
                    }
                  : {},
                onclick: () => open(r, c, button, true),
              },
              n ? count(n) : '',
            );
            cells.set(`${r.index}x${c.index}`, () => open(r, c, button));
            return h('td', {}, button);
          }),
        ),
      ),
    ),
  );
  const wanted = asked('cell');
  if (wanted && cells.has(wanted)) cells.get(wanted)();
  return h(
    'section',
    { id: 'together', style: { 'margin-top': '44px' }, 'aria-label': 'Which looks come with which motions' },
    h('h2', {}, 'Which looks come with which motions'),
    h(
      'p.soft',
      {},
      `How many moments have this look (rows) with this motion (columns)${all.static.filter(c => c.moments).length > few ? `, of the ${few} most frequent of each` : ''}. A cell shows them.`,
    ),
    h('div.cross', { tabindex: 0, role: 'region', 'aria-label': 'Table of looks and motions' }, table),
    shown,
  );
}
