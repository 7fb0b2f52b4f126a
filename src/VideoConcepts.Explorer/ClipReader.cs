using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>Describes clips that are sent; they are removed when they are read.</summary>
internal static class ClipReader
{
    /// <exception cref="RefusedException">It is no video, or too short.</exception>
    public static async Task<SentClip> ReadAsync(ExplorerLibrary library, Stream body, string name, double? at,
        double length, CancellationToken stop)
    {
        string shown = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        if (shown.Length > 200) shown = shown[..200];
        string folder = Directory.CreateTempSubdirectory("videoconcepts-clip-").FullName;
        try
        {
            string file = Path.Combine(folder, "clip");
            await using (FileStream to = File.Create(file)) await body.CopyToAsync(to, stop);
            if (new FileInfo(file).Length == 0) throw new RefusedException(400, $"{shown} is empty.");
            var query = new MomentQuery { Clip = file, At = at ?? 0, Length = length };
            try
            {
                return new(shown, await library.DescribeAsync(network => network.Describe(query, stop), stop));
            }
            catch (BadInputException e)
            {
                throw new RefusedException(400, e.Message.Replace(file, shown, StringComparison.Ordinal)
                    .Replace("--query ", "", StringComparison.Ordinal));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
