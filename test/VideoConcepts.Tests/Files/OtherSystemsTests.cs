using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;
using VideoConcepts.Cli;
using VideoConcepts.Data;
using VideoConcepts.Data.Preparation;
using VideoConcepts.Distributed;
using VideoConcepts.Files;
using VideoConcepts.Search;
using VideoConcepts.Tests.Cli;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Files;

/// <summary>What runs on Windows and macOS only, as far as another system can run it.</summary>
public sealed class OtherSystemsTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData("LINUX", "libturbojpeg.so.0", ".so")]
    [InlineData("OSX", "libturbojpeg.0.dylib", ".dylib")]
    [InlineData("WINDOWS", "turbojpeg.dll", ".dll")]
    public void TurboJpeg_OfASystem_HasItsNames(string system, string first, string part)
    {
        IReadOnlyList<string> names = TurboJpegLibrary.FileNames(OSPlatform.Create(system));
        names[0].ShouldBe(first);
        names.ShouldAllBe(name => name.Contains(part));
        names.Contains("/opt/homebrew/lib/libturbojpeg.dylib").ShouldBe(system == "OSX");
    }

    [Theory]
    [InlineData("LINUX", "/a b::/usr/bin", "/a b/ffmpeg,/usr/bin/ffmpeg")]
    [InlineData("OSX", "/opt/homebrew/bin:/usr/bin", "/opt/homebrew/bin/ffmpeg,/usr/bin/ffmpeg")]
    [InlineData("WINDOWS", @"C:\Tools\bin;;""D:\a b"" ", @"C:\Tools\bin/ffmpeg.exe,D:\a b/ffmpeg.exe")]
    [InlineData("WINDOWS", null, "")]
    public void Program_OnPath_IsLookedForByTheSystemsRules(string system, string? path, string expected) =>
        string.Join(',', ProgramPath.Candidates("ffmpeg", path, OSPlatform.Create(system)).Select(Slashed))
            .ShouldBe(Slashed(expected));

    [Theory]
    [InlineData("plain name.mp4", "plain name.mp4")]
    [InlineData("12:30 \u201cwhy?\u201d", "12_30 \u201cwhy_\u201d")]
    [InlineData("a\\u202eb", "a_u202eb")]
    [InlineData("a<b>c|d*e\"f/g\n", "a_b_c_d_e_f_g_")]
    [InlineData("ends.", "ends_")]
    [InlineData("ends ", "ends_")]
    [InlineData("con", "_con")]
    [InlineData("LPT1.txt", "_LPT1.txt")]
    [InlineData("console", "console")]
    [InlineData("", "")]
    public void FileName_ForWindows_HasNothingThatItForbids(string name, string expected)
    {
        string allowed = FileNames.Allowed(name, OSPlatform.Windows);
        allowed.ShouldBe(expected);
        FileNames.Allowed(allowed, OSPlatform.Windows).ShouldBe(allowed);
        FileNames.Allowed(name, OSPlatform.Linux).ShouldBe(name);
    }

    [Fact]
    public void FrameFolders_WhereCaseTellsNothingApart_AreDifferentAllTheSame()
    {
        string[] names = ["A.mp4", "a.avi", "b.mp4"];
        VideoFolder.FrameFolders(names, HostSystem.PathComparerOf(OSPlatform.Windows))
            .ShouldBe(["A.mp4", "a.avi", "b"]);
        VideoFolder.FrameFolders(names, HostSystem.PathComparerOf(OSPlatform.Linux)).ShouldBe(["A", "a", "b"]);
    }

    [Fact]
    public void SlashPath_OfWindows_HasSlashes()
    {
        SlashPath.Of(@"C:\videos\a.mp4", '\\').ShouldBe("C:/videos/a.mp4");
        SlashPath.Of(@"/videos/a\b.mp4", '/').ShouldBe(@"/videos/a\b.mp4");
        SlashPath.IsBelow("/videos/", "/videos/a").ShouldBeTrue();
        SlashPath.IsBelow("/videos", "/videos-2/a").ShouldBeFalse();
        SlashPath.IsBelow("/", "/videos").ShouldBeTrue();
    }

    [Fact]
    public void ManagedStatus_TellsKindsAndSameFiles()
    {
        string file = _work.Write("file", "abc"), other = _work.Write("other", "abc"), link = _work["link"];
        File.CreateSymbolicLink(link, "file");
        Directory.CreateSymbolicLink(_work["folder"], _work.Path);
        File.CreateSymbolicLink(_work["gone"], "nowhere");
        File.CreateSymbolicLink(_work["ring"], "ring");
        (Managed(file).Kind, Managed(file).Length).ShouldBe((FileKind.Regular, 3));
        Managed(file).Modified.ShouldBe(File.GetLastWriteTimeUtc(file));
        Managed(file).Changed.ShouldBeGreaterThanOrEqualTo(
            (File.GetLastWriteTimeUtc(file) - DateTime.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick);
        Managed(_work.Path).Kind.ShouldBe(FileKind.Folder);
        Managed(link, follow: false).Kind.ShouldBe(FileKind.Link);
        Managed(_work["folder"], follow: false).Kind.ShouldBe(FileKind.Link);
        Managed(_work["gone"], follow: false).Kind.ShouldBe(FileKind.Link);
        File.CreateSymbolicLink(_work["null"], "/dev/null");
        foreach (string device in (string[])["/dev/null", _work["null"]])
            Managed(device).Kind.ShouldBe(FileKind.Other);
        Managed(link).ShouldBe(Managed(file));
        Managed(_work["folder/file"]).Inode.ShouldBe(Managed(file).Inode);
        Managed(other).Inode.ShouldNotBe(Managed(file).Inode);
        foreach (string name in (string[])["gone", "ring", "none", "none/none", "file/none", "a\0b"])
            ManagedStatus.Of(_work[name], follow: true).ShouldBeNull(name);
    }

    [Fact]
    public void FolderWalk_ByDotNet_FindsNamesThatAreNotHidden()
    {
        foreach (string name in (string[])["a.mp4", ".hidden", "Füße", "b/c.mp4"]) _work.Write(name, "x");
        FolderWalk.ReadManaged(Encoding.UTF8.GetBytes(_work.Path)).Select(Encoding.UTF8.GetString)
            .ShouldBe(["a.mp4", "Füße", "b"], ignoreOrder: true);
        Should.Throw<UnauthorizedAccessException>(
            () => FolderWalk.ReadManaged(Encoding.UTF8.GetBytes(_work["none"])));
    }

    [Fact]
    public void FileTail_ByDotNet_ReadsWhatLinuxReads()
    {
        _work.Write("file", "0123456789");
        foreach (string name in (string[])["file", "none"])
            foreach (int length in (int[])[0, 4, 10, 11])
            {
                byte[] managed = new byte[length], raw = new byte[length];
                FileTail.ReadManaged(_work[name], managed).ShouldBe(FileTail.Read(_work[name], raw));
                managed.ShouldBe(raw);
            }
        FileTail.ReadManaged(_work.Path, new byte[4]).ShouldBeLessThanOrEqualTo(0);
    }

    [Fact]
    public void RawFile_OpenedByDotNet_IsThatFileOrAnIOException()
    {
        string file = _work.Write("Füße", "abc");
        using (SafeFileHandle open = new RawFile("shown", Encoding.UTF8.GetBytes(file)).OpenManaged())
            RandomAccess.GetLength(open).ShouldBe(3);
        Should.Throw<IOException>(() => new RawFile(_work["none"]).OpenManaged().Dispose());
        Should.Throw<IOException>(() => new RawFile(_work["a\0b"]).OpenManaged().Dispose());
    }

    [Fact]
    public void FolderAccess_ByOpening_LeavesNothing()
    {
        string file = _work.Write("file", "abc");
        FolderAccess.CanOpen(file).ShouldBeTrue();
        FolderAccess.CanOpen(_work.Path).ShouldBeTrue();
        FolderAccess.CanOpen(_work["none"]).ShouldBeFalse();
        Directory.GetFileSystemEntries(_work.Path).ShouldBe([file]);
        File.ReadAllText(file).ShouldBe("abc");
    }

    [Fact]
    public void FileInUse_OfAFileThatIsHeld_SaysSo()
    {
        using var held = new FileStream(_work["file"], FileMode.Create, FileAccess.Write, FileShare.None);
        FileInUse.Says(Should.Throw<IOException>(() => File.OpenRead(_work["file"]).Dispose())).ShouldBeTrue();
        FileInUse.Says(new IOException("", unchecked((int)0x80070020))).ShouldBeTrue(); // Windows
        FileInUse.Says(new IOException("", 35)).ShouldBeTrue(); // macOS
        FileInUse.Says(Should.Throw<IOException>(() => File.OpenRead(_work["none"]).Dispose())).ShouldBeFalse();
    }

    [Theory]
    [InlineData("LINUX", ":0", "xdg-open", false)]
    [InlineData("LINUX", null, null, false)]
    [InlineData("OSX", null, "open", false)]
    [InlineData("WINDOWS", null, "http://localhost:1/", true)]
    public void Browser_OfASystem_IsOpenedItsWay(string system, string? display, string? program, bool shell)
    {
        ProcessStartInfo? start = ExploreCommand.Opener(new Uri("http://localhost:1"), OSPlatform.Create(system),
            name => name == "DISPLAY" ? display : null);
        start?.FileName.ShouldBe(program);
        (start is null, start?.UseShellExecute ?? false).ShouldBe((program is null, shell));
    }

    [Fact]
    public void Processes_Several_AreOfLinuxAlone() => Launch.OnlyOnLinux.Shown().ShouldBe(
        "several processes need Linux, with Open MPI; start this one without mpirun, or with --distributed none.");

    /// <summary>The launcher of Windows looks at the same sources as that of the others.</summary>
    [Fact]
    public void Launchers_OfAllSystems_LookAtTheSameSources()
    {
        string windows = File.ReadAllText(Path.Combine(Repository.Root, "videoconcepts.cmd")),
            others = File.ReadAllText(Path.Combine(Repository.Root, "videoconcepts"));
        foreach (string folder in (string[])["src", "recipes", "weights", "build"])
            (windows.Contains($" {folder}"), others.Contains($"$root/{folder}\"")).ShouldBe((true, true), folder);
        foreach (string part in (string[])["Directory.*.*", "VideoConcepts.Cli.dll", "-c Release --nologo -v quiet"])
            (windows.Contains(part), others.Contains(part)).ShouldBe((true, true), part);
        windows.Replace("\r\n", "").ShouldNotContain('\n'); // cmd misses labels otherwise
    }

    [Fact]
    public void Tests_ThatNeedLinux_AreKnownByTheirMark()
    {
        Needs(typeof(LauncherTests), nameof(LauncherTests.Launcher_WithoutDotnet_SaysWhatToInstall)).ShouldBeTrue();
        Needs(typeof(OtherSystemsTests), nameof(Marked)).ShouldBeTrue();
        Needs(typeof(OtherSystemsTests), nameof(Processes_Several_AreOfLinuxAlone)).ShouldBeFalse();
    }

    [SupportedOSPlatform("linux")]
    internal static void Marked() { }

    private static bool Needs(Type type, string method) => SkipElsewhereAttribute.NeedsLinux(type.GetMethod(method,
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)!);

    private static FileStatus Managed(string path, bool follow = true) =>
        ManagedStatus.Of(path, follow).ShouldNotBeNull();

    private static string Slashed(string text) => text.Replace('\\', '/');
}
