// Tags that people gave, more like them, and what goes out: csv, labelled lists.
import {
  api,
  asked,
  choice,
  count,
  duration,
  empty,
  fault,
  go,
  h,
  library,
  loading,
  meaning,
  percent,
  plural,
  query,
  remember,
  state,
} from './core.js';
import { card, growing } from './reels.js';
import { did, latest, tag as addTag, toast } from './selection.js';

export async function tagsPage(place, { signal }) {
  const about = await library(),
    name = asked('tag');
  if (name) return one(place, name, about, signal);
  await list(place, about);
  addEventListener('changed', () => list(place, about).catch(problem => toast(problem.message, null, true)), {
    signal,
  });
}

async function list(place, about) {
  const { tags } = await api('tags');
  place.replaceChildren(
    h('h1', {}, 'Tags'),
    h(
      'p.lead',
      {},
      'What you call parts of these videos. A tag is kept in the library, by video and time, also when the library is made anew.',
    ),
  );
  if (!tags.length) {
    place.append(
      empty(
        'There are no tags yet. Select moments on any page (the box in the corner of a picture, or ',
        h('kbd', {}, 'x'),
        ') and give them a name; some ten of a kind are enough to find more.',
      ),
    );
    return;
  }
  place.append(
    h(
      'div.scroll',
      {},
      h(
        'table.list',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', {}, 'tag'),
            h('th.n', {}, 'parts'),
            h('th.n', {}, 'moments'),
            h('th.n', {}, 'videos'),
            h('th.n', {}, 'time'),
          ),
        ),
        h(
          'tbody',
          {},
          tags.map(t =>
            h(
              'tr',
              {},
              h('td', {}, h('a', { href: `/tags?tag=${encodeURIComponent(t.tag)}`, 'data-link': true }, t.tag)),
              h('td.n', {}, count(t.marks)),
              h('td.n', {}, count(t.moments)),
              h('td.n', {}, count(t.videos)),
              h('td.n', {}, duration(t.seconds)),
            ),
          ),
        ),
      ),
    ),
    h('h2', { style: { margin: '28px 0 6px' } }, 'Take them along'),
    h(
      'div.row',
      {},
      h('a.button', { href: '/api/export/tags.csv', download: 'tags.csv' }, 'tags.csv'),
      h('span.soft', {}, 'video, start, end, tag'),
    ),
    h(
      'div.row',
      { style: { 'margin-top': '8px' } },
      about.canList
        ? h('a.button', { href: '/api/export/labelled.zip', download: 'labelled.zip' }, 'labelled.zip')
        : '',
      h(
        'span.soft',
        {},
        about.canList
          ? 'class list and labelled list, as evaluate finetune and probe take them'
          : 'Labelled lists, as evaluate finetune takes them, are made of libraries that were indexed from lists of frames (--csv_file).',
      ),
    ),
  );
}

async function one(place, name, about, signal) {
  let info = about.tags.find(t => t.tag === name);
  place.append(h('p', {}, h('a', { href: '/tags', 'data-link': true }, '← all tags')));
  const heading = h('h1', {}, name),
    lead = h('p.lead'),
    tell = () => (lead.textContent = `${plural(info.moments, 'moment')} in ${plural(info.marks, 'part')} of videos.`);
  if (!info) {
    place.append(heading, empty('No moment has this tag.'));
    return;
  }
  place.append(
    h(
      'div.row',
      {},
      heading,
      about.readOnly
        ? ''
        : [
            h('button.quiet', { type: 'button', onclick: rename }, 'Rename'),
            h('button.quiet', { type: 'button', onclick: remove }, 'Remove'),
          ],
    ),
    lead,
  );
  tell();
  let part = about.motion ? (asked('part') ?? 'both') : 'static',
    answers = 0;
  const not = new Set(),
    ranked = h('div'),
    tagged = h('div'),
    again = h('button', { type: 'button', hidden: true, onclick: () => rank() }, 'Rank again'),
    next = latest();
  place.append(
    h('h2', { style: { 'margin-top': '20px' } }, 'More like these'),
    h(
      'div.row',
      { style: { margin: '6px 0 14px' } },
      about.motion
        ? choice(
            'Read from',
            [
              ['static', 'look'],
              ['both', 'both'],
              ['dynamic', 'motion'],
            ],
            part,
            value => {
              part = value;
              remember({ part });
              rank();
            },
          )
        : '',
      again,
      h('span.soft', {}, 'A linear probe is trained on the tagged moments against others and ranks the rest.'),
    ),
    ranked,
  );
  place.append(h('h2', { style: { margin: '26px 0 10px' } }, 'Tagged'), tagged);
  const showTagged = () =>
    tagged.replaceChildren(growing(skip => api(`tags/moments?${query({ tag: name, skip, take: 48 })}`)));
  showTagged();
  const answered = figure => {
    figure.remove();
    again.hidden = false;
    again.textContent = `Rank again with ${plural(++answers, 'answer')}`;
  };

  async function rank() {
    answers = 0;
    again.hidden = true;
    ranked.replaceChildren(loading('Training a probe'));
    try {
      const found = await api(`tags/rank`, {
        method: 'POST',
        body: { tag: name, part, top: 36, not: [...not] },
        signal: next(),
      });
      const judged = found.holdOut
        ? [
            h('span', {}, 'Held out: '),
            meaning(
              `average precision ${found.holdOut.precision.toFixed(2)}`,
              `Of probes trained without some of the tagged videos, on those; chance is ${found.holdOut.chance.toFixed(3)}. ` +
                'What is not tagged counts as not of the tag, so the true figure may be higher.',
            ),
            ` over ${plural(found.holdOut.videos, 'video')} (chance ${percent(found.holdOut.chance)}).`,
          ]
        : 'Too few tagged videos to hold some out: how well it works is not known. Tag parts of five or more.';
      const cards = found.moments.map(m =>
        card(m, {
          note: `score ${m.score.toFixed(2)}`,
          extra: about.readOnly
            ? ''
            : h(
                'div.row',
                { style: { gap: '4px', 'margin-top': '3px' } },
                h(
                  'button',
                  {
                    type: 'button',
                    style: { 'min-height': '28px', padding: '0 9px' },
                    onclick: async event => {
                      const figure = event.target.closest('.moment');
                      if (await addTag(name, [m.id])) answered(figure);
                    },
                  },
                  'yes',
                ),
                h(
                  'button',
                  {
                    type: 'button',
                    style: { 'min-height': '28px', padding: '0 9px' },
                    onclick: event => {
                      not.add(m.id);
                      answered(event.target.closest('.moment'));
                    },
                  },
                  'no',
                ),
              ),
        }),
      );
      ranked.replaceChildren(h('p.soft', {}, judged), h('div.moments', {}, cards));
    } catch (problem) {
      if (problem.name !== 'AbortError' && !signal.aborted) ranked.replaceChildren(fault(problem, rank));
    }
  }
  function rename() {
    const input = h('input', { type: 'text', value: name, maxLength: 100, 'aria-label': 'New name' });
    heading.replaceChildren(
      h(
        'form.row',
        {
          onsubmit: async event => {
            event.preventDefault();
            const to = input.value.trim();
            if (!to || to === name) {
              heading.replaceChildren(name);
              return;
            }
            try {
              const { change } = await api('tags/rename', { method: 'POST', body: { from: name, to } });
              await library(true);
              did(`${name} is called ${to}`, change);
              go(`/tags?tag=${encodeURIComponent(to)}`);
            } catch (problem) {
              toast(problem.message, null, true);
            }
          },
        },
        input,
      ),
    );
    input.focus();
  }
  async function remove() {
    try {
      const { change, removed } = await api('tags', { method: 'DELETE', body: { tag: name } });
      await library(true);
      did(`${name} taken away from ${plural(removed, 'part')}`, change);
      go('/tags');
    } catch (problem) {
      toast(problem.message, null, true);
    }
  }
  addEventListener(
    'changed',
    event => {
      info = state.library.tags.find(t => t.tag === name);
      if (!info) return go('/tags', { replace: true }); // its last moment, or its name, was undone
      tell();
      showTagged();
      if (event.detail?.undone) rank();
    },
    { signal },
  );
  rank();
}
