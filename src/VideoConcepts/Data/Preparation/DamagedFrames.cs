using System.Globalization;

namespace VideoConcepts.Data.Preparation;

/// <summary>
/// What can be had of a video that does not decode cleanly: a second run goes on behind errors, with the time stamps of
/// the container, which tell the numbers of the frames that it gives. A lost frame's number gets a copy of the frame
/// before it, at the beginning of the one after it.
/// </summary>
internal static class DamagedFrames
{
    private const string PlacesLog = "places.log", Place = "place";

    private static readonly string[] s_endings = ["File ended prematurely", "partial file", "truncat"];

    /// <summary>Filters that log each decoded frame's time stamp.</summary>
    public const string Look =
        $"metadata=mode=add:key={Place}:value=1,metadata=mode=print:key={Place}:file={PlacesLog},";

    /// <summary>Counts what a run says.</summary>
    internal sealed class Listener
    {
        /// <summary>Frames that were decoded with errors.</summary>
        public int Corrupt { get; private set; }

        /// <summary>Whether the file ends too early.</summary>
        public bool EndIsMissing { get; private set; }

        public void Hear(string line)
        {
            if (line.Contains("corrupt decoded frame", StringComparison.Ordinal)) Corrupt++;
            EndIsMissing |= s_endings.Any(word => line.Contains(word, StringComparison.Ordinal));
        }
    }

    /// <summary>Finds the lost frames in a folder that was just filled.</summary>
    /// <returns>The places of all frames, or why they cannot be told.</returns>
    public static (FramePlaces? Places, string? Reason) Places(string folder, VideoPackets? packets, bool endIsMissing)
    {
        string log = Path.Combine(folder, PlacesLog);
        if (packets is null || !File.Exists(log)) return (null, "ffprobe cannot tell which frames it has");
        long[] decoded = [.. CutDetection.Times(log)];
        File.Delete(log);
        return FramePlaces.Find(packets, decoded, endIsMissing);
    }

    /// <summary>Gives the pictures their numbers and fills those of lost frames.</summary>
    /// <param name="folder">Of the pictures, numbered without gaps.</param>
    /// <param name="places">Where they belong.</param>
    public static void Fill(string folder, FramePlaces places)
    {
        int[] decoded = [.. Enumerable.Range(0, places.Times.Count).Where(place => !places.Lost.Contains(place))];
        for (int i = decoded.Length - 1; i >= 0 && decoded[i] != i; i--)
            File.Move(Picture(i), Picture(decoded[i]));
        for (int place = 0; place < places.Times.Count; place++)
            if (places.Lost.Contains(place))
                File.Copy(Picture(place < decoded[0] ? decoded[0] : place - 1), Picture(place));
        CutDetection.Renumber(folder, decoded.Length, places.Times);

        string Picture(int position) => Path.Combine(folder, FrameFile.NameOf(position + 1));
    }

    /// <summary>Why so much damage is too much, or null.</summary>
    public static string? TooMuch(int damaged, int frames, double tolerated) =>
        damaged <= (tolerated * frames) + 1e-9 ? null : string.Create(CultureInfo.InvariantCulture,
            $"{damaged} of {frames} frames are damaged or lost, more than ‹tolerate› {tolerated} allows");
}
