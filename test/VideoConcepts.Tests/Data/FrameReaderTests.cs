using VideoConcepts.Augmentation;
using VideoConcepts.Data;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Data;

public sealed class FrameReaderTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public static TheoryData<string> Readers() =>
        TurboJpegFrameReader.IsAvailable ? new("SkiaSharp", "libturbojpeg") : new("SkiaSharp");

    public void Dispose() => _work.Dispose();

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfJpeg_AgreesWithThePythonImagingLibrary(string name)
    {
        File.Copy(PixelFixtures.Path("frame.jpg"), Video.FramePath(6));
        var image = new FrameImage();
        using IFrameReader reader = Open(name);
        reader.Read(Video, 6, image);
        PixelFixtures.LargestDifference(image, PixelFixtures.ReadPpm("frame.ppm")).ShouldBeLessThanOrEqualTo(3);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_Shrunk_IsTheMeanOfTheWholePicturesPixels(string name)
    {
        File.Copy(PixelFixtures.Path("frame.jpg"), Video.FramePath(6));
        (FrameImage whole, FrameImage shrunk) = (new FrameImage(), new FrameImage());
        using IFrameReader reader = Open(name);
        reader.Read(Video, 6, whole);
        foreach (int shrink in (int[])[2, 4, 8])
        {
            reader.Read(Video, 6, shrunk, shrink);
            (shrunk.Width, shrunk.Height)
                .ShouldBe(((whole.Width + shrink - 1) / shrink, (whole.Height + shrink - 1) / shrink));
            double difference = 0;
            for (int y = 0; y < whole.Height / shrink; y++)
                for (int x = 0; x < whole.Width / shrink; x++)
                    difference += Math.Abs(
                        shrunk.Pixels[3 * ((y * shrunk.Width) + x)] - Mean(whole, x * shrink, y * shrink, shrink));
            (difference / (whole.Height / shrink * (whole.Width / shrink))).ShouldBeLessThan(6, $"{shrink}");
        }

        static double Mean(FrameImage image, int left, int top, int size)
        {
            double sum = 0;
            for (int y = top; y < top + size; y++)
                for (int x = left; x < left + size; x++) sum += image.Pixels[3 * ((y * image.Width) + x)];
            return sum / (size * size);
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfGreyAndProgressiveJpeg_GivesRgb(string name)
    {
        File.Copy(PixelFixtures.Path("grey.jpg"), Video.FramePath(0));
        File.Copy(PixelFixtures.Path("progressive.jpg"), Video.FramePath(1));
        var image = new FrameImage();
        using IFrameReader reader = Open(name);
        reader.Read(Video, 1, image);
        PixelFixtures.LargestDifference(image, PixelFixtures.ReadPpm("frame.ppm")).ShouldBeLessThanOrEqualTo(3);
        reader.Read(Video, 0, image);
        (image.Width, image.Height).ShouldBe((96, 72));
        for (int i = 0; i < image.Pixels.Length; i += 3)
            (image.Pixels[i] == image.Pixels[i + 1] && image.Pixels[i] == image.Pixels[i + 2]).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfMissingFile_NamesFileListAndLine(string name)
    {
        using IFrameReader reader = Open(name);
        string message = Should.Throw<BadInputException>(() => reader.Read(Video, 6, new FrameImage())).Message;
        message.ShouldContain(_work["image_00007.jpg"]);
        message.ShouldContain("train.csv:12");
        message.ShouldContain("40 frames");
        message.ShouldNotContain("\n");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfMissingFolder_NamesFileListAndLine(string name)
    {
        using IFrameReader reader = Open(name);
        VideoEntry video = Video with { Path = _work["nowhere"] };
        Should.Throw<BadInputException>(() => reader.Read(video, 0, new FrameImage()))
            .Message.ShouldMatch("no such file.*train.csv:12");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfTruncatedFile_FailsWhereverItIsCut(string name)
    {
        using IFrameReader reader = Open(name);
        foreach (string file in new[] { "frame.jpg", "grey.jpg", "progressive.jpg" })
        {
            byte[] whole = File.ReadAllBytes(PixelFixtures.Path(file));
            for (int length = 0; length < whole.Length; length += length < whole.Length - 40 ? 17 : 1)
                ShouldFail(reader, whole[..length]);
        }
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfProgressiveJpegWithoutItsLastScan_Fails(string name)
    {
        byte[] whole = File.ReadAllBytes(PixelFixtures.Path("progressive.jpg"));
        int lastScan = whole.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        using IFrameReader reader = Open(name);
        ShouldFail(reader, whole[..lastScan]);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfFileThatEndsInZeros_Fails(string name)
    {
        byte[] whole = File.ReadAllBytes(PixelFixtures.Path("frame.jpg"));
        using IFrameReader reader = Open(name);
        ShouldFail(reader, [.. whole[..(whole.Length / 2)], .. new byte[whole.Length]], "broken JPEG data");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfTruncatedFileWithAThumbnailsEndMarker_Fails(string name)
    {
        byte[] whole = File.ReadAllBytes(PixelFixtures.Path("frame.jpg"));
        byte[] comment = [0xFF, 0xFE, 0, 4, 0xFF, 0xD9];
        using IFrameReader reader = Open(name);
        ShouldFail(reader, [.. whole[..2], .. comment, .. whole[2..(whole.Length / 2)]]);
    }

    [Fact]
    public void Read_OfDataThatEndsEarlyButCleanly_FailsWithLibturbojpeg()
    {
        if (!TurboJpegFrameReader.IsAvailable) Assert.Skip("libturbojpeg is not installed");
        byte[] whole = File.ReadAllBytes(PixelFixtures.Path("frame.jpg"));
        using IFrameReader reader = new TurboJpegFrameReader();
        ShouldFail(reader, [.. whole[..(whole.Length / 2)], 0xFF, 0xD9]);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfOtherContents_Fails(string name)
    {
        using IFrameReader reader = Open(name);
        ShouldFail(reader, [.. "<html>404 not found</html>"u8], "not a JPEG picture");
        ShouldFail(reader, File.ReadAllBytes(PixelFixtures.Path("source.ppm")), "not a JPEG picture");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_AfterAFailure_ReadsTheNextFrame(string name)
    {
        File.WriteAllBytes(Video.FramePath(0), [1, 2, 3]);
        File.Copy(PixelFixtures.Path("frame.jpg"), Video.FramePath(1));
        var image = new FrameImage();
        using IFrameReader reader = Open(name);
        Should.Throw<BadInputException>(() => reader.Read(Video, 0, image));
        reader.Read(Video, 1, image);
        PixelFixtures.LargestDifference(image, PixelFixtures.ReadPpm("frame.ppm")).ShouldBeLessThanOrEqualTo(3);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfWhatNoDecoderShallSee_SaysWhatIsTheMatter(string name)
    {
        using IFrameReader reader = Open(name);
        ShouldFail(reader, File.ReadAllBytes(PixelFixtures.Path("cmyk.jpg")), "a CMYK picture");
        byte[] whole = File.ReadAllBytes(PixelFixtures.Path("frame.jpg"));
        foreach (int length in (int[])[2, 40, 80, whole.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]) + 8])
            ShouldFail(reader, whole[..length], "the file is cut short");
        ShouldFail(reader, WithSize(whole, 8001, 8000), "a picture of 8001x8000 is larger than 64 megapixels");
        ShouldFail(reader, WithSize(whole, 65535, 65535), "a picture of 65535x65535 is larger than 64 megapixels");
        ShouldFail(reader, WithSize(whole, 61, 0), "the file is cut short");
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfAPictureTooLarge_TakesNoMemoryForIt(string name)
    {
        File.WriteAllBytes(Video.FramePath(0),
            WithSize(File.ReadAllBytes(PixelFixtures.Path("frame.jpg")), 60000, 60000));
        using IFrameReader reader = Open(name);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<BadInputException>(() => reader.Read(Video, 0, new FrameImage()));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1 << 20);
    }

    [Theory]
    [MemberData(nameof(Readers))]
    public void Read_OfAPipe_DoesNotWait(string name)
    {
        RawPath.Shell(_work.Path, "mkfifo image_00001.jpg");
        using IFrameReader reader = Open(name);
        Should.Throw<BadInputException>(() => reader.Read(Video, 0, new FrameImage())).Message.ShouldContain(
            "not a regular file");
    }

    [Fact]
    public void Read_OfAProgressiveFileOfManyScans_IsRefusedByLibturbojpeg()
    {
        if (!TurboJpegFrameReader.IsAvailable) Assert.Skip("libturbojpeg is not installed");
        byte[] whole = File.ReadAllBytes(PixelFixtures.Path("progressive.jpg"));
        int last = whole.AsSpan().LastIndexOf([(byte)0xFF, (byte)0xDA]);
        using IFrameReader reader = new TurboJpegFrameReader();
        // The last scan, six hundred times: valid, small, and as much work as six hundred pictures.
        ShouldFail(reader, [.. whole[..last], .. Enumerable.Repeat(whole[last..^2], 600).SelectMany(scan => scan), 0xFF,
            0xD9], "scan");
    }

    /// <summary>The picture with another size in its header.</summary>
    private static byte[] WithSize(byte[] jpeg, ushort width, ushort height)
    {
        byte[] changed = [.. jpeg];
        int at = jpeg.AsSpan().IndexOf([(byte)0xFF, (byte)0xC0]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(at + 5), height);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(changed.AsSpan(at + 7), width);
        return changed;
    }

    [Fact]
    public void Create_OnThisSystem_TakesTheFastestReader()
    {
        using IFrameReader reader = FrameReaders.Create();
        reader.ShouldBeOfType(TurboJpegFrameReader.IsAvailable
            ? typeof(TurboJpegFrameReader)
            : typeof(SkiaFrameReader));
        FrameReaders.Name.ShouldBe(TurboJpegFrameReader.IsAvailable ? "libturbojpeg" : "SkiaSharp");
    }

    private VideoEntry Video => new(_work.Path, 40, null, "train.csv", 12);

    private static IFrameReader Open(string name) =>
        name == "SkiaSharp" ? new SkiaFrameReader() : new TurboJpegFrameReader();

    private void ShouldFail(IFrameReader reader, byte[] contents, string reason = "")
    {
        File.WriteAllBytes(Video.FramePath(0), contents);
        string message = Should.Throw<BadInputException>(
            () => reader.Read(Video, 0, new FrameImage()), $"{contents.Length} bytes").Message;
        message.ShouldContain("image_00001.jpg");
        message.ShouldContain("train.csv:12");
        message.ShouldContain(reason);
        message.ShouldNotContain("\n");
    }
}
