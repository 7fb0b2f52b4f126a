using VideoConcepts.Files;
using VideoConcepts.Tests.Data.Preparation;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Cli;

/// <summary>
/// What hostile command lines name: good inputs of every kind, damaged ones, things that are no files, results of
/// earlier commands, a stranger's folder. After each line all is put back as it was.
/// </summary>
internal sealed class HostileInputs : IDisposable
{
    // What every shell can make: things that are not what an option asks for.
    private const string Script = """
        mkfifo pipe; mknod null c 1 3 2> /dev/null || mkfifo null
        ln -s null link-to-null; ln -s nowhere dangling; ln -s loop loop; ln -s . here
        : > empty; : > empty.csv; mkdir folder folder.csv folder.safetensors 'name with blanks'
        mkdir locked; chmod 555 locked; printf secret > unreadable; chmod 000 unreadable
        head -c 4000 /dev/zero > zeros; printf 'a\000b,3\n' > nul.csv; printf 'caf\351,30\n' > latin1.csv
        printf 'path,number_of_frames\n' > header.csv; printf 'nowhere,30\n' > missing.csv; printf 'nowhere,30,2147483647\n' > label.csv
        printf 'nowhere,2147483647,0\n' > frames.csv; printf 'nowhere,-3,-1\n' > negative.csv; printf '"a,30\n' > quote.csv; printf '[list](x),30\n' > markup.csv
        printf '{ "epoch": "many" }' > type.json; printf '{ "epocs": 1 }' > key.json; printf '{' > cut.json; printf '[[[[]]]]' > array.json; printf '{ "threads": 1e99, "seq": null }' > null.json
        printf '\377\377\377\377\377\377\377\177{}' > huge.safetensors; printf '\002\000\000\000\000\000\000\000{}' > bare.safetensors; printf 'PK\003\004' > cut.pth; printf '\200\002.' > pickle.pth
        mkdir features results videos; printf '\223NUMPY\001\000' > features/features.npy; printf '{}' > features/extract.json
        printf 'path,label,0,1\na,0,x,y\n' > results/probabilities.csv; printf '{}' > results/result.json; printf 'no video' > videos/a.mp4; printf '' > videos/b.avi
        printf 'path,image,x,y,width,height\nnowhere,image_00001.jpg,-1,1e99,nan,0\n' > boxes.csv
        printf '#!/bin/sh\nexit 3\n' > program; chmod +x program
        mkdir foreign; for f in result.json checkpoint.safetensors run.json features.npy report.html train.csv classes.txt mine; do printf mine > foreign/$f; done
        """;

    private readonly WorkFolder _work = new();
    private readonly string _cases, _videos;
    private readonly Dictionary<string, FileState> _inputs, _earlier;

    public HostileInputs(OutputCases cases, TinyVideos videos)
    {
        (_cases, _videos) = (cases.Inputs, videos.Files.Folder);
        foreach (string folder in (string[])["in", "earlier", "line", "current"])
            Directory.CreateDirectory(_work[folder]);
        RawPath.Shell(_work["in"], Script);
        File.CreateSymbolicLink(_work["in/link.csv"], videos.Files.MotionTrain);
        File.CreateSymbolicLink(_work["in/link-to-videos"], _videos);
        byte[] checkpoint = File.ReadAllBytes(Path.Combine(_cases, "run/checkpoint.safetensors"));
        File.WriteAllBytes(_work["in/cut.safetensors"], checkpoint[..(checkpoint.Length / 2)]);
        checkpoint[^9] ^= 1;
        File.WriteAllBytes(_work["in/changed.safetensors"], checkpoint);
        File.WriteAllText(_work["in/deep.json"], new string('[', 5000));
        File.WriteAllText(_work["in/long.csv"], new string('x', 100_000) + ",30\n");
        foreach (string command in Commands(cases))
            CommandRun.Of(cases.Of(command).Into(Earlier(command))).ShouldBeDone();
        RawPath.Shell(_work.Path, "cp -a earlier pristine");
        _inputs = InputFolders.SelectMany(Files).ToDictionary(file => file, FileState.Of);
        _earlier = Files(_work["earlier"]).ToDictionary(file => file, FileState.Of);
        Bases = [.. Commands(cases).Select(command => cases.Of(command).Into(_work["line/out"])),
            ["checkpoint", "show", "--checkpoint", Path.Combine(_cases, "run")], ["env"]];
    }

    /// <summary>A good command line of each command, to be changed.</summary>
    public IReadOnlyList<string[]> Bases { get; }

    /// <summary>Where relative paths start from.</summary>
    public string Current => _work["current"];

    /// <summary>Values by the option that they are meant for.</summary>
    public IReadOnlyDictionary<string, string[]> Values => new Dictionary<string, string[]>
    {
        ["list"] = [.. In("train.csv", "test.csv", "labelled.csv", "unlabelled.csv"),
            .. Directory.GetFiles(_videos, "*.csv"), .. Own("*.csv"), $"{_cases}/train.csv,{_cases}/test.csv",
            $"{_cases}/train.csv,", ",", .. Earlier("prepare synthetic", "*.csv")],
        ["weights"] = [.. In("run", "tuned", "run/checkpoint.safetensors", "tuned/best.safetensors",
        "weights.safetensors"), .. Own("*.safetensors"), .. Own("*.pth"), Earlier("checkpoint export")],
        ["resume"] = ["auto", Earlier("train"), Earlier("train") + "/checkpoint.safetensors",
        Earlier("evaluate finetune"), Earlier("demo"), .. Own("*.safetensors")],
        ["features"] = [Earlier("extract"), Earlier("extract") + "," + Earlier("extract"), _work["in/features"],
        Earlier("extract") + "/features.npy", Earlier("extract") + ",", _work["in/results"]],
        ["results"] = [.. In("tuned", "other", "tuned/probabilities.csv"), _work["in/results"],
        Earlier("evaluate merge"), Earlier("evaluate retrieval")],
        ["recipe"] = [.. In("recipe.json"), .. Own("*.json"), Earlier("train") + "/run.json",
        Earlier("evaluate finetune") + "/run.json"],
        ["boxes"] = [.. In("boxes.csv"), .. Own("*.csv")],
        ["class_list"] = [.. In("folder/classes", "k400/classes", "ucf/lists/classInd.txt"), .. Own("*.csv")],
        ["videos"] = [.. In("folder/in", "k400/in", "ucf/in", "hmdb/in", "diving/in"), _work["in/videos"], _work["in"],
        _videos],
        ["lists"] = [.. In("k400/lists", "ucf/lists", "hmdb/lists", "diving/lists", "k400/lists/train.csv",
        "ucf/lists/trainlist01.txt"), _work["in/results"], _work["in"]],
        ["root"] = [_videos, _cases, _work["in"], "/"],
        ["ffmpeg"] = [InstalledFfmpeg.Program, "/bin/true", "/bin/cat", _work["in/program"], "ffmpeg"],
        ["output"] = [_work["line/out"], _work["line/out/deeper/than/that"], _work["line/out.html"],
        _work["line/out.json"], "relative", "./", .. Directory.GetDirectories(_work["earlier"]),
            Earlier("report") + "/PAGE.html", Earlier("report") + "/PAGE.json", Earlier("validate") + "/FILE.json",
                Earlier("checkpoint export") + "/WEIGHTS.safetensors",
            _work["in/foreign"], _work["in/foreign/result.json"], _work["in/foreign/mine"], _work["in/null/x"],
                _work["in/empty/x"], _videos, Path.Combine(_cases, "train.csv"), Path.Combine(_cases, "folder/in")],
        ["path"] = [_work["nowhere"], _work["nowhere/at/all"], .. Own("*"), .. Directory.GetDirectories(_work["in"]),
        _work["in/here/here/link.csv"], "/proc/self/nothing", "/dev/null/x", "/dev/fd/999", _work["in/link.csv"] + "/"],
    };

    /// <summary>What a line changed that it must not; then all is as before.</summary>
    public List<string> Restore()
    {
        List<string> faults = [.. _inputs.Where(file =>
            !(file.Value.IsUntouched(file.Key) || file.Value.IsSame(file.Key))).Select(file => $"changed {file.Key}")];
        foreach (string folder in InputFolders) RemoveNew(folder, _inputs);
        foreach ((string file, FileState state) in _earlier)
        {
            if (state.IsUntouched(file)) continue;
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.Copy(_work["pristine"] + file[_work["earlier"].Length..], file, overwrite: true);
            File.SetLastWriteTimeUtc(file, state.Written);
        }
        RemoveNew(_work["earlier"], _earlier);
        foreach (string folder in (string[])["line", "current"])
        {
            Directory.Delete(_work[folder], recursive: true);
            Directory.CreateDirectory(_work[folder]);
        }
        Environment.CurrentDirectory = Current;
        return faults;
    }

    /// <summary>As <see cref="Restore"/>, looking at every byte.</summary>
    public List<string> Changed() =>
        [.. _inputs.Where(file => !file.Value.IsSame(file.Key)).Select(file => $"changed {file.Key}")];

    public void Dispose() => _work.Dispose();

    private string[] InputFolders => [_cases, _videos, _work["in"]];

    private static IEnumerable<string> Commands(OutputCases cases) =>
        OutputCases.Table.Keys.Where(command => InstalledFfmpeg.IsThere
            || !command.StartsWith("prepare", StringComparison.Ordinal) || command == "prepare synthetic");

    private string Earlier(string command) => _work[$"earlier/{command.Replace(' ', '-')}"];

    private string[] Earlier(string command, string pattern) => Directory.GetFiles(Earlier(command), pattern);

    private string[] In(params string[] names) => [.. names.Select(name => Path.Combine(_cases, name))];

    private string[] Own(string pattern) => [.. Directory.GetFiles(_work["in"], pattern).Order(StringComparer.Ordinal)];

    /// <summary>All that lies below a folder and is not a folder; links are not followed.</summary>
    private static IEnumerable<string> Files(string folder) =>
        new DirectoryInfo(folder).EnumerateFileSystemInfos().SelectMany(entry =>
        entry is DirectoryInfo { LinkTarget: null } ? Files(entry.FullName) : [entry.FullName]);

    /// <summary>Removes what a line made in a folder; the hidden file beside a list may stay.</summary>
    private static void RemoveNew(string folder, Dictionary<string, FileState> known)
    {
        foreach (string file in Files(folder).ToArray())
            if (!known.ContainsKey(file) && !(Path.GetFileName(file).StartsWith('.')
                && file.EndsWith(".contents", StringComparison.Ordinal))) File.Delete(file);
    }

    /// <summary>A file as it was; of pipes, devices and links only that they are there.</summary>
    private sealed record FileState(long Length, DateTime Written, string? Link, string? Hash)
    {
        public static FileState Of(string path)
        {
            var file = new FileInfo(path);
            if (file.LinkTarget is { } link) return new FileState(0, default, link, null);
            return new FileState(file.Length, file.LastWriteTimeUtc, null, file.Length > 0 ? FileHash.Of(path) : null);
        }

        /// <summary>By size and time alone.</summary>
        public bool IsUntouched(string path)
        {
            var file = new FileInfo(path);
            return file.LinkTarget == Link
                && (Link is not null || file.Exists && file.Length == Length && file.LastWriteTimeUtc == Written);
        }

        public bool IsSame(string path) =>
            new FileInfo(path).LinkTarget == Link && (Link is not null || File.Exists(path)
                && (Hash is null ? new FileInfo(path).Length == 0 : FileHash.Of(path) == Hash));
    }
}
