// Two walls, what things look like and how things move.
import {
  api,
  asked,
  concepts,
  duration,
  empty,
  h,
  kinds,
  library,
  meaning,
  nameOf,
  percent,
  plural,
  remember,
} from './core.js';
import { reel } from './reels.js';
import { did, toast } from './selection.js';
import { cross } from './cross.js';

/** Cards of a wall before all are asked for. */
const first = 12;
const headings = {
  static: ['What things look like', 'read from single pictures'],
  dynamic: ['How things move', 'read from what changes between pictures'],
};

export async function conceptsPage(place, { signal }) {
  const about = await library();
  async function show() {
    const all = await concepts(),
      table = h('div', { tabindex: -1 }),
      tell = () => table.replaceChildren(cross(all)); // a name or a hidden concept changes it, too
    const words = h(
      'p.lead',
      {},
      `${plural(about.videos, 'video')}, ${duration(about.seconds)}, ${plural(about.moments, 'moment')}. `,
    );
    if (!about.concepts) {
      place.replaceChildren(
        h('h1', {}, 'What is in these videos'),
        words,
        empty(
          `The model of this library (${about.model}) has no concepts. `,
          h('a', { href: '/map', 'data-link': true }, 'The map'),
          ' and ',
          h('a', { href: '/search', 'data-link': true }, 'search'),
          ' work without.',
        ),
      );
      return;
    }
    words.append(
      'Each moment is read twice: by what it looks like, and by how things move in it. ',
      'Nobody said what there is to find',
      about.readOnly ? '.' : ': the names are yours to give.',
    );
    tell();
    place.replaceChildren(
      h('h1', {}, 'What is in these videos'),
      words,
      h(
        'div.walls',
        {},
        ['static', 'dynamic'].map(kind => wall(kind, all, about, tell)),
      ),
      table,
    );
  }
  await show();
  addEventListener('named', show, { signal });
}

function wall(kind, all, about, tell) {
  const { css, word } = kinds[kind],
    [heading, from] = headings[kind];
  const cards = h('div.cards'),
    switches = h('span.row'),
    foot = h('div.more');
  let everything = false,
    hidden = false,
    lit = kind === 'dynamic' && asked('as') !== 'filmed';
  const quality = all.quality?.[kind];
  const known = all[kind].filter(c => c.moments > 0),
    most = Math.max(...known.map(c => c.share), 1e-9);
  const turn = (text, pressed, act, title) =>
    h(
      'button.quiet',
      {
        type: 'button',
        title,
        'aria-pressed': pressed === null ? null : String(pressed),
        onclick: () => {
          act();
          show();
        },
      },
      text,
    );
  const lighten = () => {
    lit = !lit;
    remember({ as: lit ? null : 'filmed' });
  };
  function show() {
    const sorted = known.filter(c => hidden || !c.hidden).sort((a, b) => b.moments - a.moments);
    const hide = () => {
      show();
      tell();
    };
    cards.replaceChildren(
      ...sorted
        .slice(0, everything ? undefined : first)
        .map(c => conceptCard(kind, c, about, { most, lit, redraw: hide, tell })),
    );
    const away = known.filter(c => c.hidden).length;
    switches.replaceChildren(
      kind === 'dynamic' ? turn('light up what moves', lit, lighten, 'Or show the pictures as they were filmed') : '',
      away ? turn(hidden ? 'leave hidden ones out' : `${away} hidden`, null, () => (hidden = !hidden)) : '',
    );
    foot.replaceChildren(
      sorted.length > first
        ? turn(
            everything ? `The ${first} most frequent` : `All ${plural(sorted.length, word)}`,
            null,
            () => (everything = !everything),
          )
        : '',
    );
  }
  show();
  return h(
    'section.wall',
    { class: css, 'aria-label': heading },
    h(
      'div.head',
      {},
      h('h2', {}, heading),
      h(
        'small.soft',
        {},
        `${plural(known.length, word)}, ${from}`,
        quality
          ? [
              ' · ',
              meaning(
                `agrees with the classes ${quality.ami.toFixed(2)}`,
                `Adjusted mutual information of the ${word} of a moment and the class of its video: 0 is chance, 1 is one ${word} for each class`,
              ),
            ]
          : '',
      ),
      switches,
    ),
    cards,
    foot,
  );
}

function conceptCard(kind, concept, about, { most, lit, redraw, tell }) {
  const { css, word } = kinds[kind],
    address = `/concept/${kind}/${concept.index}`;
  const reels = concept.strongest
    .slice(0, 3)
    .map((m, i) => reel(m, { small: true, lit, onclick: null, label: `moment ${i + 1}: ${m.path}` }));
  const title = h('div.title'),
    classes = (concept.classes ?? []).filter(c => c.lift >= 1.2).sort((a, b) => b.lift - a.lift); // those it is about
  function showTitle() {
    title.replaceChildren(
      h('a', { href: address, 'data-link': true }, nameOf(kind, concept.index)),
      about.readOnly
        ? ''
        : h(
            'button.quiet',
            {
              type: 'button',
              title: 'Rename',
              'aria-label': `Rename ${nameOf(kind, concept.index)}`,
              onclick: () => rename(title, kind, concept, () => (showTitle(), tell())),
            },
            '✎',
          ),
      about.readOnly
        ? ''
        : h(
            'button.quiet',
            {
              type: 'button',
              title: concept.hidden ? 'Show' : 'Hide',
              'aria-label': `${concept.hidden ? 'Show' : 'Hide'} ${nameOf(kind, concept.index)}`,
              onclick: async () => {
                if (await save(kind, concept, { hidden: !concept.hidden })) redraw();
              },
            },
            concept.hidden ? '◌' : '×',
          ),
    );
  }
  showTitle();
  return h(
    'article.card.concept',
    { data: concept.hidden ? { hidden: '' } : {} },
    h(
      'a.reels',
      { href: address, 'data-link': true, 'aria-label': `All moments of ${nameOf(kind, concept.index)}` },
      reels,
    ),
    h(
      'div.body',
      {},
      title,
      h(
        'div.share',
        {
          title: `${word} ${concept.index} stands out most in ${plural(concept.moments, 'moment')}, by ${concept.strength.toFixed(1)} standard deviations on average; the longest bar is that of the most frequent ${word}`,
        },
        h('span.bar', { class: css }, h('i', { style: { width: `${(100 * concept.share) / most}%` } })),
        h('span.num', {}, percent(concept.share)),
      ),
      about.classes.length > 1
        ? h(
            'div.chips',
            {},
            classes.slice(0, 2).map(c =>
              h(
                'span.chip',
                {
                  title: `${percent(c.share)} of these moments are of ${c.name}: ${c.lift.toFixed(1)} times as often as in all moments`,
                },
                h('span', {}, c.name),
                h('b', {}, `${c.lift.toFixed(1)} ×`),
              ),
            ),
          )
        : '',
    ),
  );
}

export function rename(title, kind, concept, done) {
  const input = h('input', {
    type: 'text',
    value: concept.name ?? '',
    maxLength: 60,
    'aria-label': 'Name',
    placeholder: `${kinds[kind].word} ${concept.index}`,
  });
  title.replaceChildren(
    h(
      'form.row',
      {
        onsubmit: async event => {
          event.preventDefault();
          await save(kind, concept, { name: input.value.trim() || null });
          done();
        },
      },
      input,
    ),
  );
  input.addEventListener('keydown', event => {
    if (event.key === 'Escape') done();
  });
  input.addEventListener('blur', () => {
    if (input.isConnected && input.value.trim() === (concept.name ?? '')) done();
  });
  input.focus();
  input.select();
}

async function save(kind, concept, changed) {
  const next = { name: concept.name ?? null, hidden: concept.hidden, ...changed };
  try {
    const { change } = await api(`concepts/${kind}/${concept.index}`, { method: 'PUT', body: next });
    const before = nameOf(kind, concept.index);
    Object.assign(concept, next);
    did(
      'hidden' in changed
        ? `${before} ${next.hidden ? 'hidden' : 'shown'}`
        : `${before} is called ${nameOf(kind, concept.index)}`,
      change,
    );
    return true;
  } catch (problem) {
    toast(problem.message, null, true);
    return false;
  }
}
