// A video: it plays at the moment, with a timeline of its concepts under it.
import {
  api,
  asked,
  colour,
  concepts,
  h,
  library,
  loading,
  nameOf,
  plural,
  query,
  remember,
  rgb,
  time,
} from './core.js';
import { reel } from './reels.js';
import { blocks, marks } from './lanes.js';
import { did, selection, toast } from './selection.js';

export async function videoPage(place, { match: [id], signal }) {
  const about = await library(),
    all = await concepts();
  place.append(loading('Opening the video'));
  const video = await api(`videos/${id}`);
  place.replaceChildren();
  const hasConcepts = all.static.length > 0;
  const screen = h('div.screen'),
    now = h('div.now.card', { 'aria-live': 'off' }),
    lanes = h('div.timeline', { 'aria-label': 'Timeline' });
  let at = Math.max(0, Number(asked('t') ?? 0)),
    element = null,
    offset = 0,
    shownMoment = null;

  place.append(
    h('p', {}, h('a', { href: '/videos', 'data-link': true }, '← all videos')),
    h('h1', { style: { 'overflow-wrap': 'anywhere' } }, video.path),
    h(
      'p.soft',
      {},
      `${time(video.seconds, 1)}, ${plural(video.moments.length, 'moment')}`,
      video.class ? ` · class ${video.class}` : '',
      video.missing ? h('b.motion', {}, ' · the file is not where it was; --root says where it is') : '',
    ),
    h('div.player', {}, h('div', {}, screen, lanes), h('div.stack', {}, now)),
  );
  if (!video.moments.length) {
    screen.append(h('p', {}, video.error ?? 'No moment of it is in the library.'));
    now.hidden = true;
    return;
  }
  if (signal.aborted) return;

  const momentAt = t => {
    let best = video.moments[0];
    for (const m of video.moments)
      if (Math.abs((m.start + m.end) / 2 - t) < Math.abs((best.start + best.end) / 2 - t)) best = m;
    return best;
  };

  // The player: the file itself; what the browser cannot play as a preview; without a file the strips.
  function strips(why) {
    element = null;
    screen.replaceChildren(
      h(
        'div',
        { style: { width: '100%' } },
        why ? h('p', { style: { padding: '8px 14px', margin: 0 } }, why) : '',
        h('div', { id: 'still' }),
      ),
    );
    drawNow(true);
  }
  function preview(from) {
    offset = from; // a stream cannot be wound forward before it is there: it begins at the moment
    play(
      `/api/videos/${id}/preview?${query({ from: offset.toFixed(2) })}`,
      () => strips('This video can neither be played nor converted here; its pictures are shown instead.'),
      0,
    );
  }
  function play(source, failed, begin) {
    element = h('video', {
      src: source,
      controls: true,
      playsInline: true,
      muted: true,
      preload: 'auto',
      loop: false,
      'aria-label': video.path,
    });
    element.addEventListener('loadedmetadata', () => {
      if (begin > 0) element.currentTime = begin;
    });
    element.addEventListener('error', failed, { once: true });
    for (const name of ['timeupdate', 'seeked'])
      element.addEventListener(name, () => {
        at = element.currentTime + offset;
        draw();
        drawNow();
      });
    element.addEventListener('seeked', () => remember({ t: at.toFixed(2) }));
    element.addEventListener('ended', () => {
      if (offset || at < video.seconds - 2) {
        if (source.includes('preview') && at < video.seconds - 1) preview(at);
      }
    });
    screen.replaceChildren(element);
    signal.addEventListener('abort', () => {
      element?.pause();
      element?.removeAttribute('src');
      element?.load();
    });
  }
  function seek(t) {
    at = Math.max(0, Math.min(video.seconds, t));
    if (element && video.playable === 'file' && !element.src.includes('preview')) element.currentTime = at;
    else if (element) {
      const inside = at - offset;
      if (inside >= 0 && inside < (element.duration || 0) && Number.isFinite(element.duration))
        element.currentTime = inside;
      else preview(at);
    }
    remember({ t: at.toFixed(2) });
    draw();
    drawNow();
  }

  // The timeline: a lane of looks and a lane of motions, each in the colours of its concepts, and one of tags.
  const lane = (label, css, paint, high = 34) => {
    const canvas = h('canvas', {
      height: high,
      tabindex: 0,
      role: 'slider',
      'aria-label': `${label} over time`,
      'aria-valuemin': 0,
      'aria-valuemax': Math.round(video.seconds),
      style: { height: `${high}px` },
    });
    const to = event => {
      const box = canvas.getBoundingClientRect();
      return video.seconds * Math.max(0, Math.min(1, (event.clientX - box.left) / box.width));
    };
    canvas.addEventListener('pointerdown', event => {
      canvas.setPointerCapture(event.pointerId);
      seek(to(event));
    });
    canvas.addEventListener('pointermove', event => {
      if (event.buttons) seek(to(event));
      const m = momentAt(to(event));
      canvas.title = `${time(to(event))} · ${paint.title(m, to(event))}`;
    });
    lanes.append(h('div.lane', {}, h('span', { class: css }, label), canvas));
    return { canvas, paint };
  };
  document.addEventListener(
    'keydown',
    event => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      if (event.target.closest('input, select, textarea, dialog, video')) return;
      const last = video.moments.length - 1,
        i = video.moments.indexOf(momentAt(at)),
        middle = m => (m.start + m.end) / 2;
      const to = {
        ArrowLeft: () => middle(video.moments[Math.max(0, i - 1)]),
        ArrowRight: () => middle(video.moments[Math.min(last, i + 1)]),
      };
      if (event.target.closest('.timeline')) Object.assign(to, { Home: () => 0, End: () => video.seconds });
      if (!to[event.key]) return;
      event.preventDefault();
      seek(to[event.key]());
    },
    { signal },
  );
  const drawn = [];
  if (hasConcepts)
    drawn.push(
      lane(
        'look',
        'look',
        blocks(video, 'static', m => m.look),
      ),
      lane(
        'motion',
        'motion',
        blocks(video, 'dynamic', m => m.motion),
      ),
    );
  else
    drawn.push(
      lane(
        'time',
        '',
        Object.assign(() => {}, { title: () => '' }),
      ),
    );
  if (video.tags.length) drawn.push(lane('tags', '', marks(video), 20));
  lanes.append(
    h(
      'p.soft',
      { style: { 'margin-left': '72px' } },
      h(
        'small',
        {},
        hasConcepts
          ? 'Which look and which motion stand out when; a stronger colour stands out more. Click, drag or use the arrow keys.'
          : 'Click, drag or use the arrow keys.',
      ),
    ),
  );

  function draw() {
    for (const { canvas, paint } of drawn) {
      const ratio = Math.min(2, devicePixelRatio || 1),
        w = Math.round(canvas.clientWidth * ratio),
        high = Math.round(canvas.clientHeight * ratio);
      if (!w) continue;
      if (canvas.width !== w || canvas.height !== high) {
        canvas.width = w;
        canvas.height = high;
      }
      const context = canvas.getContext('2d');
      context.fillStyle = getComputedStyle(document.documentElement).getPropertyValue('--grid');
      context.fillRect(0, 0, w, high);
      paint(context, w, high);
      const x = (w * at) / video.seconds;
      context.fillStyle = getComputedStyle(document.body).color;
      context.fillRect(x - ratio, 0, 2 * ratio, high);
      canvas.setAttribute('aria-valuenow', at.toFixed(1));
      canvas.setAttribute('aria-valuetext', `${time(at)}, ${paint.title(momentAt(at), at)}`);
    }
  }
  new ResizeObserver(draw).observe(lanes);

  function drawNow(anew = false) {
    const moment = momentAt(at);
    if (moment === shownMoment && !anew) return;
    shownMoment = moment;
    const full = { ...moment, video: video.id, path: video.path };
    const tags = video.tags.filter(t => t.start < moment.end && t.end > moment.start);
    const choose = h(
      'button.toggle',
      {
        type: 'button',
        'aria-pressed': String(selection.has(moment.id)),
        onclick: () => {
          selection.toggle(full);
          choose.setAttribute('aria-pressed', String(selection.has(moment.id)));
        },
      },
      'Select',
    );
    document.getElementById('still')?.replaceChildren(reel(full, { onclick: null, at: true }));
    now.replaceChildren(
      h(
        'div.row',
        { style: { 'flex-wrap': 'nowrap', 'align-items': 'start' } },
        reel(full, { onclick: null, at: false, small: true }),
        h(
          'div',
          {},
          h('h3.num', {}, `${time(moment.start)} – ${time(moment.end)}`),
          h('small.soft', {}, `moment ${moment.id}`),
        ),
      ),
      hasConcepts
        ? h(
            'div.stack',
            { style: { gap: '8px' } },
            standing('static', moment.look, moment.lookStrength),
            standing('dynamic', moment.motion, moment.motionStrength),
          )
        : '',
      tags.length
        ? h(
            'div.chips',
            {},
            tags.map(t =>
              h(
                'span.chip.tag',
                {},
                t.tag,
                about.readOnly
                  ? ''
                  : h(
                      'button.quiet',
                      {
                        type: 'button',
                        style: { 'min-height': 0, padding: '0 3px' },
                        'aria-label': `Take the tag ${t.tag} away`,
                        onclick: () => untag(t),
                      },
                      '×',
                    ),
              ),
            ),
          )
        : '',
      h(
        'div.row',
        {},
        h('a.button', { href: `/search?moment=${moment.id}`, 'data-link': true }, 'More like this'),
        h(
          'a.button',
          { href: `/search?moment=${moment.id}&video=${video.id}&within=1`, 'data-link': true },
          'In this video',
        ),
        choose,
        about.canDescribe && hasConcepts && !video.missing
          ? h(
              'button',
              {
                type: 'button',
                title: 'Where in the picture the concept is seen',
                onclick: event => maps(moment, event.target),
              },
              'Where is it?',
            )
          : '',
      ),
    );
  }
  const standing = (kind, index, strength) =>
    h(
      'div',
      {},
      h(
        'a',
        { class: kind === 'static' ? 'look' : 'motion', href: `/concept/${kind}/${index}`, 'data-link': true },
        h('span.swatch', { style: { background: rgb(colour(index, kind)) } }),
        nameOf(kind, index),
      ),
      h('small.soft', { title: 'Standard deviations above its mean in this library' }, ` ${strength.toFixed(1)} σ`),
    );

  async function untag(mark) {
    try {
      const { change } = await api('tags', { method: 'DELETE', body: { tag: mark.tag, marks: [mark.id] } });
      video.tags = video.tags.filter(t => t !== mark);
      await library(true);
      did(`${mark.tag} taken away`, change);
      draw();
      drawNow(true);
    } catch (problem) {
      toast(problem.message, null, true);
    }
  }
  async function maps(moment, button) {
    element?.pause(); // the card of another moment would take its place
    const seen = kind => {
      const place = h('div.where', { role: 'status' }, loading('Looking where'));
      const image = h('img', {
        alt: `Where ${nameOf(kind, kind === 'static' ? moment.look : moment.motion)} is seen`,
        onload: () => place.replaceChildren(image),
        onerror: () => place.replaceChildren('This cannot be seen here: the video or the model is not where it was.'),
        src: `/api/moments/${moment.id}/map/${kind}`,
      });
      return place;
    };
    try {
      const box = h(
        'div',
        {},
        ['static', 'dynamic'].map(kind =>
          h(
            'figure',
            { style: { margin: '8px 0 0' } },
            seen(kind),
            h('figcaption', {}, `where “${nameOf(kind, kind === 'static' ? moment.look : moment.motion)}” is seen`),
          ),
        ),
      );
      now.append(box);
    } finally {
      button.remove();
    }
  }
  addEventListener(
    'changed',
    async () => {
      video.tags = (await api(`videos/${id}`)).tags;
      draw();
      drawNow(true);
    },
    { signal },
  );
  if (video.playable === 'file') play(`/api/videos/${id}/file`, () => preview(at), at);
  else if (video.playable === 'preview') preview(at);
  else strips(video.missing ? 'The file is not where it was; these are the pictures that the library keeps.' : '');
  draw();
  drawNow();
}
