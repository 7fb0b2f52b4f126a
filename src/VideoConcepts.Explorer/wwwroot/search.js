// Moments that look, or move, like a moment, a clip dropped on the page, or a concept.
import {
  api,
  asked,
  conceptOptions,
  concepts,
  count,
  empty,
  fault,
  h,
  kinds,
  library,
  loading,
  nameOf,
  query,
  remember,
  slider,
} from './core.js';
import { card, reel } from './reels.js';
import { latest, toast } from './selection.js';

export async function searchPage(place, { signal }) {
  const about = await library(),
    all = await concepts(),
    next = latest();
  let motion = about.motion ? Number(asked('motion') ?? 0.5) : 0,
    top = Number(asked('top') ?? 48);
  const what = { moment: asked('moment'), query: asked('query'), concept: asked('concept') };
  const results = h('div', { 'aria-live': 'polite', 'aria-busy': 'false' }),
    facts = h('p.soft', { role: 'status' });
  const source = h('div.stack.source'),
    filters = h('div.row');
  const file = h('input', {
    type: 'file',
    accept: 'video/*,.mkv,.avi,.mov,.ts,.webm',
    hidden: true,
    onchange: () => file.files[0] && send(file.files[0]),
  });
  const drop = h(
    'div.drop',
    {},
    h(
      'p',
      {},
      about.canDescribe
        ? 'Drop a clip here, or paste one'
        : 'The model of this library is not where it was: clips cannot be searched for.',
    ),
    about.canDescribe ? h('button', { type: 'button', onclick: () => file.click() }, 'Choose a file') : '',
    file,
  );
  place.append(
    h('h1', {}, 'Search'),
    h(
      'p.lead',
      {},
      about.motion
        ? 'The same look with another motion, the same motion with another look, or both alike: move the slider.'
        : 'What looks like it; the model of this library tells nothing of motion.',
    ),
    h(
      'div.query',
      {},
      h('div.stack', {}, source, drop),
      h(
        'div.stack',
        {},
        about.motion
          ? slider(motion, value => {
              motion = value;
              remember({ motion });
              show(true);
            })
          : '',
        filters,
        facts,
        results,
      ),
    ),
  );

  if (about.canDescribe) {
    for (const [name, over] of [
      ['dragover', true],
      ['dragleave', false],
      ['drop', false],
    ])
      document.addEventListener(
        name,
        event => {
          if (![...(event.dataTransfer?.types ?? [])].includes('Files')) return;
          event.preventDefault();
          drop.classList.toggle('over', over);
          if (name === 'drop' && event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
        },
        { signal },
      );
    document.addEventListener(
      'paste',
      event => {
        if (event.clipboardData?.files[0]) send(event.clipboardData.files[0]);
      },
      { signal },
    );
  }

  const changed = (key, value) => {
    remember({ [key]: value });
    show();
  };
  const select = (label, key, options) => {
    const box = h('select', { onchange: () => changed(key, box.value) }, h('option', { value: '' }, 'any'), options);
    box.value = asked(key) ?? '';
    return h('label', {}, `${label} `, box);
  };
  const seconds = (label, key, otherwise) => {
    const box = h('input', {
      type: 'number',
      min: 0,
      step: 1,
      value: asked(key) ?? '',
      placeholder: otherwise,
      style: { width: '5.5em' },
      onchange: () => changed(key, box.value),
    });
    return h('label', {}, `${label} `, box, ' s');
  };
  const own = h('input', {
    type: 'checkbox',
    checked: asked('within') === '1',
    onchange: () => changed('within', own.checked ? 1 : null),
  });
  const oneVideo = h(
    'span.chip',
    { hidden: !asked('video') },
    'one video alone ',
    h(
      'button.quiet',
      {
        type: 'button',
        'aria-label': 'Search in all videos',
        style: { 'min-height': 0, padding: '0 3px' },
        onclick: () => {
          oneVideo.hidden = true;
          changed('video', null);
        },
      },
      '×',
    ),
  );
  const inConcepts = kind => conceptOptions(all, kind, { value: c => c.index });
  const named = names => names.map(name => h('option', { value: name }, name));
  filters.append(
    ...[
      all.static.length && select('look', 'look', inConcepts('static')),
      all.dynamic.length && select('motion', 'dynamic', inConcepts('dynamic')),
      about.classes.length && select('class', 'class', named(about.classes)),
      about.tags.length && select('tag', 'tag', named(about.tags.map(t => t.tag))),
      seconds('from', 'from', '0'),
      seconds('to', 'to', 'end'),
      h('label', {}, own, 'its own video, too'),
      oneVideo,
    ].filter(Boolean),
  );

  async function send(clip) {
    if (clip.size > 512 * 2 ** 20)
      return toast('The clip is larger than 512 MB: cut out the part that is meant.', null, true);
    source.replaceChildren(loading(`Looking at ${clip.name}`));
    try {
      const made = await api(`queries?${query({ name: clip.name })}`, { method: 'POST', body: clip, signal });
      Object.assign(what, { moment: null, concept: null, query: made.query });
      remember({ moment: null, concept: null, query: made.query });
      await showSource(clip.name);
      show();
    } catch (problem) {
      if (problem.name !== 'AbortError') source.replaceChildren(fault(problem));
    }
  }

  async function showSource(name) {
    if (what.query) {
      const about = await api(`queries/${what.query}`);
      source.replaceChildren(
        h(
          'div',
          {},
          h('h2', {}, 'Your clip'),
          h('p.soft', {}, name ?? about.name),
          reel(
            { id: 0, video: 0, start: 0, end: 2, strip: `/api/queries/${what.query}/strip` },
            { onclick: null, label: 'The clip that is searched for', at: false },
          ),
        ),
      );
    } else if (what.moment) {
      const moment = await api(`moments/${what.moment}`);
      source.replaceChildren(
        h(
          'div',
          {},
          h('h2', {}, 'Like this moment'),
          h('div', { style: { height: '8px' } }),
          card(moment),
          chips(moment),
        ),
      );
    } else if (what.concept) {
      const [kind, index] = what.concept.split(':'),
        concept = all[kind]?.[index];
      if (!concept) throw new Error('There is no such concept.');
      source.replaceChildren(
        h(
          'div',
          {},
          h('h2', { class: kinds[kind].css }, nameOf(kind, index)),
          h(
            'div.moments',
            { style: { 'margin-top': '8px', 'grid-template-columns': '1fr 1fr' } },
            concept.strongest.slice(0, 4).map(m => reel(m, { lit: kind === 'dynamic' })),
          ),
        ),
      );
    } else source.replaceChildren();
  }

  const chips = m =>
    h(
      'div.chips',
      {},
      all.static.length
        ? h('a.chip.look', { href: `/concept/static/${m.look}`, 'data-link': true }, nameOf('static', m.look))
        : '',
      all.dynamic.length
        ? h('a.chip.motion', { href: `/concept/dynamic/${m.motion}`, 'data-link': true }, nameOf('dynamic', m.motion))
        : '',
    );

  const sims = hit =>
    h(
      'div.sims',
      {},
      [
        ['look', hit.lookSimilarity],
        ['motion', hit.motionSimilarity],
      ]
        .filter(([, value]) => value !== null)
        .map(([css, value]) =>
          h(
            'span.bar',
            {
              class: css,
              title: `${css}: cosine ${value.toFixed(2)}`,
              role: 'img',
              'aria-label': `${css} similarity ${value.toFixed(2)}`,
            },
            h('i', { style: { width: `${Math.max(0, value) * 100}%` } }),
          ),
        ),
    );

  const alone = () =>
    empty(
      'There is no other video to find it in. ',
      h('button', { type: 'button', onclick: () => own.click() }, 'Search in its own video'),
    );

  async function show(moving = false) {
    if (!what.moment && !what.query && !what.concept) {
      facts.textContent = '';
      results.replaceChildren(
        empty(
          'Nothing is searched for yet. Drop a clip, or begin with a moment: ',
          h('a', { href: '/', 'data-link': true }, 'concepts'),
          ', ',
          h('a', { href: '/map', 'data-link': true }, 'map'),
          ', ',
          h('a', { href: '/videos', 'data-link': true }, 'videos'),
          '.',
        ),
      );
      return;
    }
    if (!moving) results.setAttribute('aria-busy', 'true');
    try {
      const filter = Object.fromEntries(
        ['look', 'dynamic', 'class', 'tag', 'from', 'to', 'within', 'video'].map(key => [key, asked(key)]),
      );
      if (filter.within) filter.within = 'true';
      const found = await api(`search?${query({ ...what, ...filter, motion, top })}`, { signal: next() });
      facts.textContent =
        `${count(found.compared)} moments compared in ${Math.max(1, Math.round(found.milliseconds))} ms; ` +
        (found.hits.length
          ? about.motion
            ? 'the bars say how alike look and motion are'
            : 'the bars say how alike the looks are'
          : 'none is like it');
      const shownBefore = new Map([...results.querySelectorAll('.moment')].map(f => [f.dataset.moment, f]));
      const cards = found.hits.map(hit => {
        const kept = shownBefore.get(String(hit.id)); // what stays is moved, not drawn anew
        if (kept) {
          kept.querySelector('.sims').replaceWith(sims(hit));
          return kept;
        }
        return card(hit, { extra: sims(hit) });
      });
      const filtered = ['look', 'dynamic', 'class', 'tag', 'from', 'to'].some(key => asked(key));
      if (!cards.length)
        results.replaceChildren(
          filtered || own.checked ? empty('No moment passes the filters. Leave one of them out.') : alone(),
        );
      else {
        const grid = results.querySelector(':scope > .moments') ?? h('div.moments');
        grid.replaceChildren(...cards);
        const more =
          found.hits.length >= top && top < 200
            ? h(
                'div.more',
                {},
                h(
                  'button',
                  {
                    type: 'button',
                    onclick: () => {
                      top = Math.min(200, top * 2);
                      remember({ top });
                      show();
                    },
                  },
                  'More',
                ),
              )
            : '';
        results.replaceChildren(grid, more);
      }
    } catch (problem) {
      if (problem.name === 'AbortError' || signal.aborted) return;
      facts.textContent = '';
      results.replaceChildren(fault(problem, problem.status === 404 ? null : () => show()));
    }
    results.setAttribute('aria-busy', 'false');
  }

  try {
    await showSource();
  } catch (problem) {
    source.replaceChildren(fault(problem));
    Object.assign(what, { moment: null, query: null, concept: null });
  }
  await show();
}
