using System.Security.Cryptography;

namespace VideoConcepts.Tests.Support;

/// <summary>A folder under the system's temporary one that goes with the test.</summary>
internal sealed class WorkFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("videoconcepts-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>The path of a file whose folder exists.</summary>
    public string NewFile(string name)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        return this[name];
    }

    /// <summary>Writes a text file; returns its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(NewFile(name), text);
        return this[name];
    }

    /// <summary>Every file below a folder with its contents' hash.</summary>
    public static SortedDictionary<string, string> Contents(string folder)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            files.Add(System.IO.Path.GetRelativePath(folder, file),
                Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));
        return files;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
