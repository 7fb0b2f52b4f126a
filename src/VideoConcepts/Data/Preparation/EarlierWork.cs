using System.Runtime.ExceptionServices;

namespace VideoConcepts.Data.Preparation;

/// <summary>What earlier runs left of the videos: looked at once, before anything is written.</summary>
internal static class EarlierWork
{
    /// <summary>Looks at all videos, several at a time.</summary>
    /// <param name="videos">How many there are.</param>
    /// <param name="jobs">How many are looked at at a time.</param>
    /// <param name="look">Told the number of a video, from 0; says what is left of it.</param>
    /// <param name="looked">Called after each, from several threads.</param>
    /// <param name="stop">Stops between two videos.</param>
    /// <exception cref="BadInputException">What <paramref name="look"/> threw, of the first video that it threw for,
    /// whatever the threads' timing.</exception>
    public static T[] Find<T>(int videos, int jobs, Func<int, T> look, Action looked, CancellationToken stop)
    {
        var found = new T[videos];
        var gate = new Lock();
        (int Video, ExceptionDispatchInfo Fault)? first = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = stop };
        Parallel.For(0, videos, parallel, (video, state) =>
        {
            if (state.ShouldExitCurrentIteration) return;
            try
            {
                found[video] = look(video);
            }
            catch (BadInputException fault)
            {
                lock (gate)
                    if (first is null || video < first.Value.Video)
                        first = (video, ExceptionDispatchInfo.Capture(fault));
                state.Break(); // those before it are still looked at
            }
            looked();
        });
        first?.Fault.Throw();
        return found;
    }
}
