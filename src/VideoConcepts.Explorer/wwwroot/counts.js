// How often a concept, a class or a tag is there, over the time of each video.
import {
  api,
  asked,
  colour,
  conceptOptions,
  concepts,
  count,
  duration,
  empty,
  fault,
  go,
  h,
  library,
  loading,
  percent,
  pathOf,
  plural,
  query,
  remember,
  rgb,
  time,
} from './core.js';
import { reel } from './reels.js';
import { latest } from './selection.js';

export async function countsPage(place, { signal }) {
  const about = await library(),
    all = await concepts(),
    box = h('div'),
    next = latest();
  const options = [];
  for (const kind of about.concepts ? ['dynamic', 'static'] : [])
    options.push(
      h(
        'optgroup',
        { label: kind === 'static' ? 'looks' : 'motions' },
        conceptOptions(all, kind, { words: c => ` (${count(c.moments)})` }),
      ),
    );
  if (about.tags.length)
    options.push(
      h(
        'optgroup',
        { label: 'tags' },
        about.tags.map(t => h('option', { value: `tag:${t.tag}` }, `${t.tag} (${count(t.moments)})`)),
      ),
    );
  if (about.classes.length)
    options.push(
      h(
        'optgroup',
        { label: 'classes' },
        about.classes.map(c => h('option', { value: `class:${c}` }, c)),
      ),
    );
  const what = h('select', { 'aria-label': 'What is counted', onchange: () => show() }, options);
  const first = asked('concept') ?? what.value;
  what.value = [...what.options].some(o => o.value === first) ? first : what.options[0]?.value;
  const bin = h(
    'select',
    { 'aria-label': 'Length of a bin', onchange: () => show() },
    [
      ['', 'bins as they fit'],
      ['1', '1 second'],
      ['10', '10 seconds'],
      ['60', 'a minute'],
      ['600', '10 minutes'],
      ['3600', 'an hour'],
    ].map(([value, text]) => h('option', { value }, text)),
  );
  bin.value = asked('bin') ?? '';
  place.append(
    h('h1', {}, 'Over time'),
    h(
      'p.lead',
      {},
      `In which part of each video ${about.concepts ? 'a motion, a look or a tag' : 'a tag or a class'} is there.`,
    ),
  );
  if (!what.options.length) {
    place.append(empty('There is nothing to count: this library has neither concepts nor classes nor tags.'));
    return;
  }
  place.append(
    h('div.row', { style: { 'margin-bottom': '16px' } }, h('label', {}, 'count ', what), h('label', {}, 'in ', bin)),
    box,
  );

  async function show() {
    const [kind, ...rest] = what.value.split(':'),
      value = rest.join(':');
    remember({ concept: what.value, bin: bin.value });
    box.replaceChildren(loading('Counting'));
    try {
      const found = await api(
        `counts?${query({ [kind === 'tag' || kind === 'class' ? kind : 'concept']: kind === 'tag' || kind === 'class' ? value : what.value, bin: bin.value })}`,
        { signal: next() },
      );
      const css = kind === 'dynamic' ? 'dynamic' : 'static';
      box.replaceChildren(
        h(
          'p.soft',
          {},
          `${count(found.counted)} of ${plural(found.total, 'moment')}; bins of ${duration(found.bin)}. A row is a video; a bar is as high as the share of its moments that have it. A click opens the video there.`,
        ),
        kind === 'static' || kind === 'dynamic'
          ? h(
              'div.shown-by',
              {},
              all[kind][value].strongest.slice(0, 6).map(m => reel(m, { lit: kind === 'dynamic' })),
            )
          : '',
        chart(found, css),
        rows(found, css),
      );
    } catch (problem) {
      if (problem.name !== 'AbortError' && !signal.aborted) box.replaceChildren(fault(problem, show));
    }
  }
  show();
}

/** All videos together: the share of moments, over time from the videos' beginnings. */
function chart(found, kind) {
  const sums = new Map();
  for (const video of found.videos)
    for (const [start, , moments, n] of video.counts) {
      const sum = sums.get(start) ?? [0, 0];
      sums.set(start, [sum[0] + moments, sum[1] + n]);
    }
  const xs = [...sums.keys()].sort((a, b) => a - b),
    ys = xs.map(x => (100 * sums.get(x)[1]) / sums.get(x)[0]);
  if (xs.length < 3) return '';
  const place = h('div.card', {
    style: { 'margin-bottom': '18px' },
    role: 'img',
    'aria-label': `Share of moments over time, ${Math.min(...ys).toFixed(0)} to ${Math.max(...ys).toFixed(0)} percent`,
  });
  const ink = getComputedStyle(document.body).color,
    grid = { stroke: getComputedStyle(document.documentElement).getPropertyValue('--grid').trim() };
  queueMicrotask(() => {
    const draw = new uPlot(
      {
        width: Math.max(280, place.clientWidth - 34),
        height: 190,
        cursor: { y: false },
        legend: { live: true },
        scales: { x: { time: false }, y: { range: [0, Math.max(5, ...ys) * 1.1] } },
        axes: [
          { stroke: ink, grid, values: (_, v) => v.map(x => time(x, 0)) },
          { stroke: ink, grid, values: (_, v) => v.map(x => `${x} %`) },
        ],
        series: [
          { label: 'time', value: (_, v) => (v == null ? '–' : time(v, 0)) },
          {
            label: 'share of moments',
            stroke: rgb(colour(0, kind)),
            width: 2,
            fill: rgb(colour(0, kind)).replace(')', ' / .16)'),
            value: (_, v, __, i) =>
              v == null || i == null ? '–' : `${v.toFixed(1)} % of ${plural(sums.get(xs[i])[0], 'moment')}`,
          },
        ],
      },
      [xs, ys],
      place,
    );
    new ResizeObserver(() => draw.setSize({ width: Math.max(280, place.clientWidth - 34), height: 190 })).observe(
      place,
    );
  });
  return place;
}

function rows(found, kind) {
  const videos = found.videos
    .map(v => ({ ...v, n: v.counts.reduce((sum, c) => sum + c[3], 0) }))
    .filter(v => v.n)
    .sort((a, b) => b.n - a.n);
  if (!videos.length) return empty('No moment has it.');
  const longest = Math.max(...videos.map(v => v.counts.at(-1)[1])),
    list = h('div.heat');
  let shown = 0;
  const more = h('div.more');
  function next() {
    for (const video of videos.slice(shown, shown + 60)) {
      const canvas = h('canvas', {
        width: 900,
        height: 22,
        role: 'img',
        'aria-label': `${video.path}: ${plural(video.n, 'moment')}`,
        onclick: event => {
          const box = canvas.getBoundingClientRect();
          go(
            `/video/${video.id}?t=${Math.min(video.counts.at(-1)[1], (longest * (event.clientX - box.left)) / box.width).toFixed(1)}`,
          );
        },
      });
      const context = canvas.getContext('2d'),
        style = getComputedStyle(document.documentElement);
      context.fillStyle = style.getPropertyValue('--grid');
      context.fillRect(0, 0, (900 * video.counts.at(-1)[1]) / longest, 22);
      context.fillStyle = rgb(colour(0, kind));
      for (const [start, end, moments, n] of video.counts)
        if (n)
          context.fillRect(
            (900 * start) / longest,
            22 * (1 - n / moments),
            Math.max(1.5, (900 * (end - start)) / longest - 0.5),
            (22 * n) / moments,
          );
      const name = pathOf(video.path, 'a');
      name.href = `/video/${video.id}`;
      name.dataset.link = '';
      list.append(name, canvas, h('span.num.soft', {}, count(video.n)));
    }
    shown += 60;
    more.replaceChildren(
      shown < videos.length
        ? h('button', { type: 'button', onclick: next }, `More (${count(videos.length - shown)})`)
        : '',
    );
  }
  next();
  return h('div', {}, list, more);
}
