// Moments that the other videos do not have the like of.
import {
  api,
  asked,
  choice,
  empty,
  fault,
  h,
  library,
  loading,
  meaning,
  plural,
  query,
  remember,
  slider,
  time,
} from './core.js';
import { card } from './reels.js';
import { latest } from './selection.js';

export async function unusualPage(place, { signal }) {
  const about = await library(),
    box = h('div'),
    next = latest();
  let motion = about.motion ? Number(asked('motion') ?? 0.25) : 0,
    within = asked('by') ?? 'class';
  place.append(
    h('h1', {}, 'Unusual moments'),
    h(
      'p.lead',
      {},
      'What the other videos do not have the like of, most unusual first. ',
      meaning(
        'How it is judged',
        'The distance of a moment is 1 - its mean similarity to the five nearest other videos. The figure says by ' +
          'how many standard deviations (σ) it lies above the median of its group.',
      ),
    ),
    h(
      'div.row',
      { style: { 'margin-bottom': '18px' } },
      about.motion
        ? slider(motion, value => {
            motion = value;
            wait();
          })
        : '',
      about.classes.length > 1
        ? choice(
            'Compared with',
            [
              ['class', 'within each class'],
              ['library', 'with all videos'],
            ],
            within,
            value => {
              within = value;
              wait();
            },
          )
        : '',
    ),
    box,
  );
  let timer = 0;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(show, 250);
  };
  async function show() {
    remember({ motion: about.motion ? motion : null, by: within === 'class' ? null : within });
    box.replaceChildren(loading('Comparing all moments'));
    try {
      const found = await api(
        `unusual?${query({ motion, top: 120, all: within === 'library' || about.classes.length < 2 })}`,
        { signal: next() },
      );
      box.replaceChildren(
        found.parts.length
          ? byVideo(found.parts)
          : empty('Nothing to compare with: a moment is unusual among other videos, and there is only one.'),
        found.notJudged && found.parts.length
          ? h(
              'p.soft',
              {},
              `${plural(found.notJudged, 'moment')} could not be judged: their video is alone in its class.`,
            )
          : '',
      );
    } catch (problem) {
      if (problem.name !== 'AbortError' && !signal.aborted) box.replaceChildren(fault(problem, show));
    }
  }
  show();
}

/** The most unusual part of each video; what else is unusual in it comes when it is asked for. */
function byVideo(parts) {
  const videos = Map.groupBy(parts, part => part.video);
  const one = (part, extra) =>
    card(part, {
      note: `${time(part.hitStart)} – ${time(part.hitEnd)} · ${part.score.toFixed(1)} σ`,
      extra,
    });
  return h(
    'div.moments.big',
    {},
    [...videos.values()].map(([first, ...others]) => {
      const more =
        others.length &&
        h(
          'button.chip',
          {
            type: 'button',
            onclick: () => {
              figure.after(...others.map(part => one(part)));
              more.remove();
              figure.querySelector('.reel').focus({ preventScroll: true });
            },
          },
          `${others.length} more of this video`,
        );
      const figure = one(first, more && h('div', {}, more));
      return figure;
    }),
  );
}
