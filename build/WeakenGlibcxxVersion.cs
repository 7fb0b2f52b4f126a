using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>Copies a 64-bit little-endian ELF library and marks one required symbol version as weak.</summary>
public sealed class WeakenGlibcxxVersion : Task
{
    private const uint GnuVersionNeeds = 0x6ffffffe; // sh_type of .gnu.version_r
    private const byte WeakFlag = 0x2;               // VER_FLG_WEAK

    [Required]
    public string Source { get; set; }

    [Required]
    public string Destination { get; set; }

    [Required]
    public string Version { get; set; }

    public override bool Execute()
    {
        if (File.Exists(Destination) && File.GetLastWriteTimeUtc(Destination) >= File.GetLastWriteTimeUtc(Source))
            return true;
        byte[] image = File.ReadAllBytes(Source);
        int flags = FindVersionFlags(image);
        if (flags >= 0) image[flags] |= WeakFlag; // another TorchSharp need not ask for that version
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        string aside = Destination + "." + Guid.NewGuid().ToString("N");
        File.WriteAllBytes(aside, image);
        if (File.Exists(Destination)) File.Delete(Destination);
        File.Move(aside, Destination);
        return true;
    }

    /// <summary>The offset of vna_flags of the wanted version, or -1.</summary>
    private int FindVersionFlags(byte[] image)
    {
        long sections = BitConverter.ToInt64(image, 0x28);
        int sectionSize = BitConverter.ToUInt16(image, 0x3A), count = BitConverter.ToUInt16(image, 0x3C);
        for (int i = 0; i < count; i++)
        {
            int header = (int)sections + (i * sectionSize);
            if (BitConverter.ToUInt32(image, header + 4) != GnuVersionNeeds) continue;
            int names = (int)BitConverter.ToInt64(image, (int)sections + (BitConverter.ToInt32(image, header + 40) * sectionSize) + 24);
            for (int need = (int)BitConverter.ToInt64(image, header + 24); ; )
            {
                int aux = need + BitConverter.ToInt32(image, need + 8);
                for (int left = BitConverter.ToUInt16(image, need + 2); left > 0; left--)
                {
                    if (NameAt(image, names + BitConverter.ToInt32(image, aux + 8)) == Version) return aux + 4;
                    aux += BitConverter.ToInt32(image, aux + 12);
                }
                int next = BitConverter.ToInt32(image, need + 12);
                if (next == 0) break;
                need += next;
            }
        }
        return -1;
    }

    private static string NameAt(byte[] image, int offset)
    {
        int end = Array.IndexOf(image, (byte)0, offset);
        return Encoding.ASCII.GetString(image, offset, end - offset);
    }
}
