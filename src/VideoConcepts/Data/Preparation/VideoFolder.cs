using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Files;

namespace VideoConcepts.Data.Preparation;

/// <summary>Finds the videos below a folder.</summary>
internal static class VideoFolder
{
    /// <summary>As <see cref="Search"/>, for those who need no word about what was left out.</summary>
    /// <exception cref="BadInputException">The folder is missing, unreadable or holds no video.</exception>
    public static IReadOnlyList<SourceVideo> Find(string folder) => Search(folder).Videos;

    /// <summary>
    /// All videos in ordinal order of their relative paths, each once: a file with several names, through links, has
    /// the first of them. A video is what has the name of one, and what <see cref="VideoFormat"/> knows by its first
    /// bytes. Hidden files and folders are passed over: archives made on a Mac carry a `._name.mp4`, which is no video,
    /// for each video.
    /// </summary>
    /// <param name="folder">Where to look.</param>
    /// <param name="output">Where results go: what this program wrote there is none of the user's files.</param>
    /// <exception cref="BadInputException">The folder is missing, unreadable or holds no video.</exception>
    public static FoundVideos Search(string folder, string? output = null)
    {
        string root = Path.GetFullPath(folder);
        if (!Directory.Exists(root))
            throw new BadInputException($"There is no folder {folder}; give the folder of the videos with ‹videos›.");
        bool same = output is not null && FileStatus.IsSame(root, output);
        HashSet<string> own = same ? PreparationOutput.FilesIn(output!) : [];
        var others = new OtherFiles();
        try
        {
            (IReadOnlyList<WalkedFile> files, IReadOnlyList<LeftOut> leftOut) = FolderWalk.Of(root,
                VideoFormat.IsNamedSo, file => Look(file, own, others),
                same ? PreparationOutput.FrameRootOf(output!) : output);
            if (files.Count == 0) throw new BadInputException($"{folder} holds no video{Besides(leftOut, others)}.");
            return new FoundVideos(Named(root, files), leftOut, others);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new BadInputException($"{folder} cannot be read in full: {e.Message}", e);
        }
    }

    private static FileVerdict Look(WalkedFile file, HashSet<string> own, OtherFiles others)
    {
        if (file.Name.Count == 1 && own.Contains(file.Name[0])) return default;
        try
        {
            var head = new byte[VideoFormat.HeadBytes];
            using SafeFileHandle open = new RawFile(file.Name[^1], file.Path).Open();
            ReadOnlySpan<byte> read = head.AsSpan(0, RandomAccess.Read(open, head, 0));
            if (VideoFormat.Of(read) is not null) return new FileVerdict(true);
            if (VideoFormat.IsAnimatedWebP(read)) return new FileVerdict(false, ForeignFormat.AnimatedWebP);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (new RawFile(file.Name[^1], file.Path).Status is not null)
                return new FileVerdict(false, "it cannot be read, so that nothing tells whether it is a video");
        }
        others.Add(file.Name[^1]);
        return default;
    }

    private static SourceVideo[] Named(string root, IReadOnlyList<WalkedFile> files)
    {
        Dictionary<string, string> shown = RawName.Visible(files.SelectMany(file => file.Name));
        (WalkedFile File, string Name)[] found =
            [.. files.Select(file => (file, string.Join('/', file.Name.Select(part => shown[part]))))
                .OrderBy(file => file.Item2, StringComparer.Ordinal)];
        string[] folders = FrameFolders([.. found.Select(file => file.Name)]);
        return [.. found.Zip(folders,
            (video, frames) => new SourceVideo(Raw(root, video.File, video.Name), video.Name, frames))];
    }

    private static RawFile Raw(string root, WalkedFile file, string name)
    {
        string path = Path.Combine(root, string.Join('/', file.Name));
        return Utf8.IsValid(file.Path) ? new RawFile(path) : new RawFile(Path.Combine(root, name), file.Path);
    }

    private static string Besides(IReadOnlyList<LeftOut> leftOut, OtherFiles others) =>
        leftOut.Count > 0 ? $" ({leftOut[0].Name}: {leftOut[0].Reason})" : others.Total > 0 ? $" ({others})" : "";

    /// <summary>
    /// The folder of a video is its name without the extension. Where two videos would share a folder, or one would
    /// lie in another's, both keep the extension (a.mp4 and a.avi), and a number is added should that be taken too.
    /// </summary>
    /// <param name="names">Relative paths, distinct, in ordinal order.</param>
    /// <param name="comparer">Which names are one; null: as this system has it.</param>
    internal static string[] FrameFolders(IReadOnlyList<string> names, StringComparer? comparer = null)
    {
        comparer ??= HostSystem.PathComparer;
        string[] stripped = [.. names.Select(name => Fitted(name[..^Path.GetExtension(name).Length]))];
        var uses = stripped.CountBy(name => name, comparer).ToDictionary(comparer);
        var parents = names.Select(Fitted).SelectMany(Parents).ToHashSet(comparer);

        var folders = new string[names.Count];
        var taken = new HashSet<string>(comparer);
        for (int i = 0; i < folders.Length; i++)
            if (uses[stripped[i]] == 1 && IsFree(stripped[i])) folders[i] = stripped[i];
        taken.UnionWith(folders.Where(folder => folder is not null));
        for (int i = 0; i < folders.Length; i++)
        {
            string name = Fitted(names[i]);
            for (int number = 2; folders[i] is null; number++)
            {
                if (IsFree(name) && taken.Add(name)) folders[i] = name;
                name = Fitted($"{names[i]}~{number}");
            }
        }
        return folders;

        bool IsFree(string name) =>
            !parents.Contains(name) && !parents.Contains(name + FrameArchive.Extension)
            && !name.EndsWith(FrameFolder.PartialSuffix, StringComparison.Ordinal);
    }

    /// <summary>Each part as long as a file system allows.</summary>
    private static string Fitted(string path) =>
        string.Join('/', path.Split('/').Select(part => FileNames.Shortened(part)));

    private static IEnumerable<string> Parents(string name)
    {
        for (int slash = name.IndexOf('/'); slash >= 0; slash = name.IndexOf('/', slash + 1))
            yield return name[..slash];
    }
}
