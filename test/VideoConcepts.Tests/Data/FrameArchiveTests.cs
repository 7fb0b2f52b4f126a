using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

/// <summary>ZIP files of frames: as this program writes them, as others do, and as nobody should.</summary>
public sealed class FrameArchiveTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Read_OfAPackedFolder_GivesItsFilesByNumber()
    {
        string file = Pack(12, "cuts.txt");
        using FrameArchive archive = FrameArchive.Open(file);

        archive.Numbers.ShouldBe(Enumerable.Range(1, 12));
        byte[] buffer = [];
        foreach (int number in (int[])[7, 12, 1])
        {
            archive.LengthOf(number).ShouldBe(File.ReadAllBytes(_work[$"v/image_{number:D5}.jpg"]).Length);
            archive.Read(number, ref buffer).ToArray().ShouldBe(File.ReadAllBytes(_work[$"v/image_{number:D5}.jpg"]));
        }
        archive.ReadText("cuts.txt").ShouldBe("7\n");
        archive.ReadText("frames.json").ShouldBeNull();
        archive.LengthOf(13).ShouldBeNull();
        archive.LengthOf(0).ShouldBeNull();
    }

    [Fact]
    public void Write_OfTheSameFrames_GivesTheSameBytesThatAnyToolOpens()
    {
        byte[] first = File.ReadAllBytes(Pack(3));
        Directory.Delete(_work["v"], true);
        File.ReadAllBytes(Pack(3)).ShouldBe(first);
        using ZipArchive zip = ZipFile.OpenRead(_work["v.zip"]);
        zip.Entries.Select(entry => entry.FullName)
            .ShouldBe(["image_00001.jpg", "image_00002.jpg", "image_00003.jpg"]);
        zip.Entries.ShouldAllBe(entry => entry.CompressedLength == entry.Length);
    }

    [Fact]
    public void Open_OfWhatAnotherToolMade_SortsFramesBelowAFolderAndTakesNoNoticeOfOthers()
    {
        using (ZipArchive zip = ZipFile.Open(_work["v.zip"], ZipArchiveMode.Create))
        {
            zip.Comment = new string('x', 40_000);
            foreach (string name in (string[])["clip/", "clip/image_00003.jpg", "notes.txt", "clip/image_00001.jpg",
                "clip/image_00002.jpg", "clip/._image_00002.jpg", "clip/image_2.jpg", "clip/image_000004.jpg"])
                Put(zip, name, Encoding.UTF8.GetBytes(name));
        }
        using FrameArchive archive = FrameArchive.Open(_work["v.zip"]);
        archive.Numbers.ShouldBe([1, 2, 3]);
        byte[] buffer = [];
        Encoding.UTF8.GetString(archive.Read(2, ref buffer)).ShouldBe("clip/image_00002.jpg");
    }

    [Fact]
    public void Read_OfFramesThatAreNotAll_TellsWhichAreThere()
    {
        using (ZipArchive zip = ZipFile.Open(_work["v.zip"], ZipArchiveMode.Create))
            foreach (int number in (int[])[2, 100_000, 5]) Put(zip, $"image_{number:D5}.jpg", [(byte)number]);
        using FrameArchive archive = FrameArchive.Open(_work["v.zip"]);
        archive.Numbers.ShouldBe([2, 5, 100_000]);
        byte[] buffer = [];
        archive.Read(5, ref buffer).ToArray().ShouldBe([5]);
        Should.Throw<FileNotFoundException>(() => archive.Read(1, ref buffer).Length);
    }

    [Fact]
    public void Open_OfMoreThan65535Entries_ReadsTheZip64Directory()
    {
        using (ZipArchive zip = ZipFile.Open(_work["v.zip"], ZipArchiveMode.Create))
            for (int number = 1; number <= 65_540; number++) Put(zip, $"image_{number:D5}.jpg", [(byte)number]);
        using FrameArchive archive = FrameArchive.Open(_work["v.zip"]);
        archive.Count.ShouldBe(65_540);
        byte[] buffer = [];
        archive.Read(65_540, ref buffer).ToArray().ShouldBe([unchecked((byte)65_540)]);
    }

    [Fact]
    public void Open_OfFramesInSeveralFoldersOrTwiceOrCompressed_SaysSo()
    {
        Faults("twice", zip => { Put(zip, "image_00001.jpg", [1]); Put(zip, "image_00001.jpg", [2]); });
        Faults("several folders", zip => { Put(zip, "a/image_00001.jpg", [1]); Put(zip, "b/image_00002.jpg", [2]); });
        Faults("compressed", zip =>
        {
            using Stream stream = zip.CreateEntry("image_00001.jpg", CompressionLevel.Optimal).Open();
            stream.Write(new byte[1000]);
        });
    }

    [Fact]
    public void Open_OfAnythingElse_IsAnErrorThatSaysSo()
    {
        foreach (byte[] bytes in (byte[][])[[], [80, 75], new byte[70_000], TinyFrames.Jpeg()])
        {
            File.WriteAllBytes(_work["v.zip"], bytes);
            Should.Throw<InvalidDataException>(() => FrameArchive.Open(_work["v.zip"])).Message
                .ShouldContain("not a ZIP file");
        }
    }

    // Any one byte of the directory or of its end may be wrong: then frames are as they were, or an error says so.
    [Fact]
    public void Open_OfADirectoryWithAnyByteChanged_NeverReadsElsewhereThanInTheFile()
    {
        byte[] whole = File.ReadAllBytes(Pack(2, "cuts.txt")); // without a comment
        int directory = BinaryPrimitives.ReadInt32LittleEndian(whole.AsSpan(whole.Length - 6));
        int refused = 0;
        for (int at = directory; at < whole.Length; at++)
        {
            foreach (byte value in (byte[])[0x00, 0x7f, 0xff])
            {
                byte[] changed = [.. whole];
                changed[at] = value;
                File.WriteAllBytes(_work["w.zip"], changed);
                try
                {
                    using FrameArchive archive = FrameArchive.Open(_work["w.zip"]);
                    byte[] buffer = [];
                    foreach (int number in archive.Numbers)
                        archive.Read(number, ref buffer).Length.ShouldBeLessThan(whole.Length);
                }
                catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
                {
                    refused++;
                }
            }
        }
        refused.ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Open_OfAFileCutAnywhere_IsAnError()
    {
        byte[] whole = File.ReadAllBytes(Pack(2));
        for (int length = 0; length < whole.Length; length += 7)
        {
            File.WriteAllBytes(_work["w.zip"], whole[..length]);
            Should.Throw<InvalidDataException>(() => FrameArchive.Open(_work["w.zip"]), $"{length}");
        }
    }

    [Fact]
    public void Open_OfAZip64EntryBeyondTheFile_IsAnError()
    {
        using (ZipArchive zip = ZipFile.Open(_work["v.zip"], ZipArchiveMode.Create))
            Put(zip, "image_00001.jpg", TinyFrames.Jpeg());
        byte[] bytes = File.ReadAllBytes(_work["v.zip"]);
        int directory = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(bytes.Length - 6));
        int end = bytes.Length - 22, name = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(directory + 28));
        foreach (long offset in (long[])[long.MaxValue, -1, bytes.Length])
        {
            var wide = new byte[12];
            BinaryPrimitives.WriteUInt16LittleEndian(wide, 1);
            BinaryPrimitives.WriteUInt16LittleEndian(wide.AsSpan(2), 8);
            BinaryPrimitives.WriteInt64LittleEndian(wide.AsSpan(4), offset);
            byte[] changed = [.. bytes[..(directory + 46 + name)], .. wide, .. bytes[end..]];
            BinaryPrimitives.WriteUInt16LittleEndian(changed.AsSpan(directory + 30), (ushort)wide.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(directory + 42), uint.MaxValue);
            BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(changed.Length - 10), 46 + name + wide.Length);
            File.WriteAllBytes(_work["w.zip"], changed);
            Should.Throw<InvalidDataException>(() => FrameArchive.Open(_work["w.zip"])).Message
                .ShouldContain("damaged");
        }
    }

    [Fact]
    public void Cuts_OfAPackedFolder_AreThoseInItWhateverItsCommentSays()
    {
        CutsFile.Read(_work["gone.zip"]).ShouldBeEmpty();
        CutsFile.Read(Pack(9)).ShouldBeEmpty();
        NoCuts.IsSaidOf(_work["v.zip"]).ShouldBeTrue();
        using (ZipArchive zip = ZipFile.Open(_work["v.zip"], ZipArchiveMode.Update)) // which keeps the comment
            Put(zip, "cuts.txt", "7\n"u8.ToArray());
        using (ZipArchive zip = ZipFile.OpenRead(_work["v.zip"])) zip.Comment.ShouldContain("no cuts.txt");
        NoCuts.IsSaidOf(_work["v.zip"]).ShouldBeFalse();
        CutsFile.Read(_work["v.zip"]).ShouldBe([6]);
        CutsFile.Read(Pack(9, "cuts.txt")).ShouldBe([6]);
        NoCuts.IsSaidOf(_work["v.zip"]).ShouldBeFalse();
        // as many entries as before, one of them another
        Pack(9, "notes.json");
        using (ZipArchive zip = ZipFile.Open(_work["v.zip"], ZipArchiveMode.Update))
        {
            zip.GetEntry("notes.json")!.Delete();
            Put(zip, "cuts.txt", "7\n"u8.ToArray());
        }
        CutsFile.Read(_work["v.zip"]).ShouldBe([6]);
        Directory.CreateDirectory(_work["folder.zip"]);
        File.WriteAllText(_work["folder.zip/cuts.txt"], "5\n");
        CutsFile.Read(_work["folder.zip"]).ShouldBe([4]);
        File.WriteAllText(_work["none.zip"], "");
        Should.Throw<BadInputException>(() => CutsFile.Read(_work["none.zip"])).Message.ShouldContain("not a ZIP file");
    }

    [Fact]
    public void Of_ManyFiles_KeepsTheLastFewOpen()
    {
        for (int i = 0; i < 5; i++) File.Copy(Pack(2), _work[$"{i}.zip"]);
        using var archives = new FrameArchives(mostOpen: 3);
        FrameArchive first = archives.Of(_work["0.zip"]);
        archives.Of(_work["1.zip"]);
        archives.Of(_work["0.zip"]).ShouldBeSameAs(first);
        archives.Of(_work["2.zip"]);
        archives.Of(_work["3.zip"]);
        archives.Count.ShouldBe(3);
        archives.Of(_work["0.zip"]).ShouldBeSameAs(first); // 1 was used longest ago
        using var small = new FrameArchives(mostFrames: 5);
        for (int i = 0; i < 5; i++) small.Of(_work[$"{i}.zip"]);
        small.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Reader_OfAZip_GivesThePixelsOfTheFolder(bool turbo)
    {
        if (turbo && !TurboJpegFrameReader.IsAvailable) Assert.Skip("there is no libturbojpeg");
        string file = Pack(3);
        using IFrameReader reader = turbo ? new TurboJpegFrameReader() : new SkiaFrameReader();
        (FrameImage folder, FrameImage zip) = (new FrameImage(), new FrameImage());
        for (int position = 0; position < 3; position++)
        {
            reader.Read(new VideoEntry(_work["v"], 3, null, "list.csv", 1), position, folder);
            reader.Read(new VideoEntry(file, 3, null, "list.csv", 1), position, zip);
            zip.Pixels.ToArray().ShouldBe(folder.Pixels.ToArray());
        }
        Should.Throw<BadInputException>(() => reader.Read(new VideoEntry(file, 9, null, "list.csv", 4), 8, zip))
            .Message.ShouldBe($"{file}/image_00009.jpg: no such file, though list.csv:4 lists 9 frames; "
                + "extract the video again or correct the row.");
        File.WriteAllBytes(_work["no.zip"], new byte[100]);
        Should.Throw<BadInputException>(
            () => reader.Read(new VideoEntry(_work["no.zip"], 9, null, "list.csv", 4), 8, zip)).Message
            .ShouldBe($"{_work["no.zip"]}/image_00009.jpg: it is not a ZIP file, or its end is missing (list.csv:4); "
                + "extract the video again or remove the row.");
    }

    private string Pack(int frames, params string[] texts)
    {
        TinyFrames.Write(_work, "v", frames);
        foreach (string name in texts) File.WriteAllText(_work[$"v/{name}"], "7\n");
        using FrameStore folder = FrameStore.Open(_work["v"])!;
        FramePack.Write(folder, _work["v.zip"], texts);
        return _work["v.zip"];
    }

    private void Faults(string what, Action<ZipArchive> fill)
    {
        File.Delete(_work["v.zip"]);
        using (ZipArchive zip = ZipFile.Open(_work["v.zip"], ZipArchiveMode.Create)) fill(zip);
        Should.Throw<InvalidDataException>(() => FrameArchive.Open(_work["v.zip"])).Message.ShouldContain(what);
    }

    private static void Put(ZipArchive zip, string name, byte[] bytes)
    {
        using Stream stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }
}
