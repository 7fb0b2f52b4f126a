using System.Security.Cryptography;
using System.Text;

namespace VideoConcepts.Files;

/// <summary>SHA-256, as 64 lower-case hexadecimal digits.</summary>
internal static class FileHash
{
    /// <summary>Of a file's bytes.</summary>
    public static string Of(string path)
    {
        ReadableFile.Check(path);
        using FileStream bytes = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    /// <summary>Of a text in UTF-8.</summary>
    public static string OfText(string text) => OfBytes(Encoding.UTF8.GetBytes(text));

    /// <summary>Of bytes.</summary>
    public static string OfBytes(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
