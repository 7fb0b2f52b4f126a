// All videos.
import {
  api,
  asked,
  count,
  duration,
  empty,
  fault,
  h,
  library,
  loading,
  pathOf,
  plural,
  query,
  remember,
  time,
} from './core.js';
import { reel } from './reels.js';
import { latest } from './selection.js';

export async function videosPage(place, { signal }) {
  const about = await library(),
    next = latest(),
    list = h('div');
  let text = asked('text') ?? '',
    timer = 0;
  const input = h('input', {
    type: 'search',
    value: text,
    placeholder: 'part of a name',
    'aria-label': 'Part of a name',
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        text = input.value;
        remember({ text });
        show(0);
      }, 200);
    },
  });
  place.append(
    h('h1', {}, 'Videos'),
    h(
      'p.lead',
      {},
      `${plural(about.videos, 'video')}, ${duration(about.seconds)}.` +
        (about.failed ? ` ${plural(about.failed, 'file')} could not be read; index says why.` : ''),
    ),
    h('div.row', { style: { 'margin-bottom': '16px' } }, input),
    list,
  );
  const grid = h('div.moments'),
    more = h('div.more');
  async function show(skip) {
    if (!skip) {
      grid.replaceChildren();
      list.replaceChildren(loading('Looking'));
    }
    try {
      const found = await api(`videos?${query({ skip, take: 60, text })}`, { signal: next() });
      list.replaceChildren(found.total ? grid : empty('No video has such a name.'), more);
      grid.append(
        ...found.videos.map(v =>
          h(
            'figure.moment',
            {},
            v.first
              ? reel({ id: v.first, video: v.id, start: 0, end: 2, path: v.path }, { at: false, label: v.path })
              : h('span.reel', {}, h('span.none', {}, v.error ?? 'no moment')),
            h(
              'figcaption',
              {},
              pathOf(v.path),
              `${time(v.seconds, 0)} · ${plural(v.moments, 'moment')}`,
              v.missing ? h('b.motion', {}, ' missing') : '',
              v.class ? h('div.chips', {}, h('span.chip', {}, v.class)) : '',
            ),
          ),
        ),
      );
      const shown = skip + found.videos.length;
      more.replaceChildren(
        shown < found.total
          ? h('button', { type: 'button', onclick: () => show(shown) }, `More (${count(found.total - shown)})`)
          : '',
      );
    } catch (problem) {
      if (problem.name !== 'AbortError' && !signal.aborted) list.replaceChildren(fault(problem, () => show(skip)));
    }
  }
  await show(0);
}
