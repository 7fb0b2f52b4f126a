using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>All moments as numbers, little endian, in the order of their numbers.</summary>
internal static class MapPoints
{
    /// <summary>n, then n each of: number, video (int32), start, strength of look, of motion (float32), look, motion,
    /// class (uint16, 65535: none).</summary>
    public static byte[] Of(LibraryView view)
    {
        int n = view.Moments.Length;
        var bytes = new byte[4 + (n * 26)];
        using var write = new BinaryWriter(new MemoryStream(bytes));
        write.Write(n);
        foreach (Moment moment in view.Moments) write.Write((int)moment.Id);
        foreach (Moment moment in view.Moments) write.Write((int)moment.VideoId);
        foreach (Moment moment in view.Moments) write.Write((float)moment.Start);
        for (int i = 0; i < n; i++) write.Write(view.Readings?.LookStrengths[i] ?? 0);
        for (int i = 0; i < n; i++) write.Write(view.Readings?.MotionStrengths[i] ?? 0);
        for (int i = 0; i < n; i++) write.Write(view.Readings?.Looks[i] ?? 0);
        for (int i = 0; i < n; i++) write.Write(view.Readings?.Motions[i] ?? 0);
        for (int i = 0; i < n; i++) write.Write((ushort)view.ClassOf[view.VideoOf[i]]);
        write.Flush();
        return bytes;
    }
}
