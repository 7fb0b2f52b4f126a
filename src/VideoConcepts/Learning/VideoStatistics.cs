using VideoConcepts.Augmentation;
using VideoConcepts.Data;

namespace VideoConcepts.Learning;

/// <summary>What decides how videos are learned from: how many, how long, how fast what they show changes.</summary>
/// <param name="Videos">How many there are.</param>
/// <param name="Shortest">Frames that nine in ten have at least, in their longest shot.</param>
/// <param name="Median">Frames that half of them have at least.</param>
/// <param name="Settled">Frames after which a picture has changed by half of what it changes in
/// <see cref="Farthest"/> frames: small where much moves, large where little does.</param>
/// <param name="Still">Share of the picture that is as it was after as many frames: near 1 where the camera stands
/// still and little moves.</param>
internal sealed record VideoStatistics(int Videos, int Shortest, int Median, int Settled, double Still)
{
    /// <summary>The largest distance of two frames that are compared.</summary>
    public const int Farthest = 32;

    private const int MostVideos = 32, PairsPerVideo = 4;
    private const int Cells = 12; // a picture is compared as 12×12 mean levels
    private const double Unchanged = 3; // of 255 levels: more than coding noise of the mean of a cell

    private static readonly int[] s_distances = [1, 2, 4, 8, 16, Farthest];

    /// <summary>Looks at the lengths of all videos and into some, spread over the list.</summary>
    /// <exception cref="BadInputException">A frame cannot be read.</exception>
    public static VideoStatistics Of(IReadOnlyList<VideoEntry> videos, Func<IFrameReader> readers,
        CancellationToken stop = default)
    {
        int[] lengths = new int[videos.Count];
        for (int row = 0; row < lengths.Length; row++) lengths[row] = VideoSelection.Shots(videos, row).Longest;
        Array.Sort(lengths);
        (int settled, double still) = Changes(videos, readers, stop);
        return new VideoStatistics(videos.Count, lengths[lengths.Length / 10], lengths[lengths.Length / 2], settled,
            still);
    }

    private static (int Settled, double Still) Changes(IReadOnlyList<VideoEntry> videos, Func<IFrameReader> readers,
        CancellationToken stop)
    {
        var change = new double[s_distances.Length];
        long unchanged = 0, cells = 0, pairs = 0;
        int count = Math.Min(MostVideos, videos.Count);
        using IFrameReader reader = readers();
        var image = new FrameImage();
        double[] first = new double[Cells * Cells], second = new double[Cells * Cells];
        for (int i = 0; i < count; i++)
        {
            stop.ThrowIfCancellationRequested();
            VideoEntry video = videos[(int)((long)i * videos.Count / count)];
            Shot shot = video.Shots.All.MaxBy(s => s.Count);
            if (shot.Count <= Farthest) continue;
            for (int pair = 0; pair < PairsPerVideo; pair++)
            {
                int start = shot.First + (int)((long)pair * (shot.Count - Farthest - 1) / PairsPerVideo);
                Read(start, first);
                pairs++;
                for (int d = 0; d < s_distances.Length; d++)
                {
                    Read(start + s_distances[d], second);
                    for (int cell = 0; cell < first.Length; cell++)
                    {
                        double difference = Math.Abs(second[cell] - first[cell]);
                        change[d] += difference;
                        if (s_distances[d] != Farthest) continue;
                        cells++;
                        if (difference <= Unchanged) unchanged++;
                    }
                }
            }

            void Read(int position, double[] levels)
            {
                reader.Read(video, position, image);
                Levels(image, levels);
            }
        }
        if (pairs == 0) return (1, 0); // all are short: as if much moved
        int settled = Array.FindIndex(change, c => c >= change[^1] / 2);
        return (s_distances[settled], unchanged / (double)cells);
    }

    /// <summary>Mean green level of each cell of a grid over the picture.</summary>
    private static void Levels(FrameImage image, double[] levels)
    {
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int row = 0; row < Cells; row++)
            for (int column = 0; column < Cells; column++)
            {
                int top = row * image.Height / Cells, bottom = Math.Max(top + 1, (row + 1) * image.Height / Cells);
                int left = column * image.Width / Cells, right = Math.Max(left + 1, (column + 1) * image.Width / Cells);
                long sum = 0;
                for (int y = top; y < Math.Min(bottom, image.Height); y++)
                    for (int x = left; x < Math.Min(right, image.Width); x++)
                        sum += pixels[(3 * ((y * image.Width) + x)) + 1];
                levels[(row * Cells) + column] = sum / (double)((bottom - top) * (right - left));
            }
    }
}
