// The page of a single concept.
import {
  api,
  concepts,
  empty,
  h,
  kinds,
  library,
  meaning,
  nameOf,
  percent,
  plural,
  query,
  state,
  time as clock,
} from './core.js';
import { growing, reel } from './reels.js';
import { rename } from './concepts.js';

/** One concept: its moments, what comes with it, where it is. */
export async function conceptPage(place, { match: [kind, number], signal }) {
  const about = await library(),
    all = await concepts();
  let concept = all[kind]?.[Number(number)];
  if (!concept) {
    place.append(
      h('h1', {}, 'There is no such concept'),
      empty(h('a', { href: '/', 'data-link': true }, 'All concepts')),
    );
    return;
  }
  const { css, word } = kinds[kind],
    other = kind === 'static' ? 'dynamic' : 'static';
  const title = h('div.title.row');
  const heading = h('h1', { class: css });
  const showTitle = () => {
    heading.textContent = nameOf(kind, concept.index);
    title.replaceChildren(
      heading,
      about.readOnly
        ? ''
        : h('button.quiet', { type: 'button', onclick: () => rename(title, kind, concept, showTitle) }, 'Rename'),
    );
  };
  showTitle();
  addEventListener(
    'named',
    () => {
      concept = state.concepts[kind]?.[Number(number)] ?? concept;
      showTitle();
    },
    { signal },
  );
  const together = all[other]
    .map(o => ({
      o,
      n: kind === 'static' ? all.table.counts[concept.index][o.index] : all.table.counts[o.index][concept.index],
    }))
    .filter(x => x.n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, 6);
  place.append(
    h('p', {}, h('a', { href: '/', 'data-link': true }, '← all concepts')),
    title,
    h(
      'p.lead',
      {},
      kind === 'static' ? 'One of the things that moments look like. ' : 'One of the ways in which things move. ',
      `It stands out in ${plural(concept.moments, 'moment')}, ${percent(concept.share)} of all, by `,
      meaning(
        `${concept.strength.toFixed(1)} σ`,
        'Standard deviations above its mean in this library, on average over these moments',
      ),
      '.',
    ),
    concept.classes?.length
      ? h(
          'p',
          {},
          'Classes of its videos: ',
          concept.classes.map(c =>
            h(
              'span.chip',
              { style: { 'margin-right': '6px' } },
              `${c.name} ${percent(c.share)} (${c.lift.toFixed(1)} ×)`,
            ),
          ),
        )
      : '',
    h(
      'div.row',
      { style: { margin: '6px 0 20px' } },
      h('a.button', { href: `/search?concept=${kind}:${concept.index}`, 'data-link': true }, 'Search by it'),
      h('a.button', { href: `/counts?concept=${kind}:${concept.index}`, 'data-link': true }, 'Over time'),
      h('a.button', { href: `/map?colour=${kind}:${concept.index}`, 'data-link': true }, 'On the map'),
    ),
    ...(together.length
      ? [
          h(
            'h2',
            { style: { margin: '18px 0 10px' } },
            kind === 'static' ? 'It moves mostly like this' : 'It looks mostly like this',
          ),
          h(
            'div.pairs',
            {},
            together.map(({ o, n }) =>
              h(
                'a',
                { class: kinds[other].css, href: `/concept/${other}/${o.index}`, 'data-link': true },
                reel(o.strongest[0], { small: true, onclick: null, label: '', lit: other === 'dynamic' }),
                h('span', {}, nameOf(other, o.index)),
                h('small.soft', {}, percent(n / concept.moments)),
              ),
            ),
          ),
        ]
      : []),
    h('h2', { style: { margin: '18px 0 10px' } }, 'Its moments, the strongest first'),
    kind === 'dynamic'
      ? h('p.soft', {}, 'What changes from picture to picture is lit; point at one to see it as filmed.')
      : '',
    growing(skip => api(`concepts/${kind}/${concept.index}/moments?${query({ skip, take: 48 })}`), {
      big: true,
      lit: kind === 'dynamic',
      none: `In no moment of this library this ${word} stands out most.`,
      note: m =>
        `${clock(m.start)} – ${clock(m.end)} · ${(kind === 'static' ? m.lookStrength : m.motionStrength).toFixed(1)} σ`,
    }),
  );
}
