using System.Text;
using VideoConcepts.Augmentation;
using VideoConcepts.Data.Preparation;

namespace VideoConcepts.Tests.Data.Preparation;

public sealed class PixmapReaderTests
{
    [Fact]
    public void Read_PicturesOfSeveralSizes_GivesEachAndThenTheEnd()
    {
        (int Width, int Height)[] sizes = [(1, 1), (3, 5), (641, 2), (2, 2)];
        byte[] stream = [.. sizes.SelectMany(size => Picture(size.Width, size.Height))];
        using var reader = new PixmapReader(new Trickle(stream));
        var image = new FrameImage();
        foreach ((int width, int height) in sizes)
        {
            reader.Read(image).ShouldBeTrue();
            (image.Width, image.Height).ShouldBe((width, height));
            image.Pixels.ToArray().ShouldBe(Pixels(width, height));
        }
        reader.Read(image).ShouldBeFalse();
    }

    [Fact]
    public void Read_AStreamThatIsCutOff_IsAnErrorUnlessItIsBetweenPictures()
    {
        byte[] stream = [.. Picture(2, 2), .. Picture(2, 2)];
        for (int length = 0; length <= stream.Length; length++)
        {
            using var reader = new PixmapReader(new MemoryStream(stream[..length]));
            var image = new FrameImage();
            void ReadAll()
            {
                while (reader.Read(image)) { }
            }
            if (length % (stream.Length / 2) == 0) Should.NotThrow(ReadAll);
            else Should.Throw<IOException>(ReadAll, $"{length} bytes");
        }
    }

    [Theory]
    [InlineData("P5\n2 2\n255\n")]
    [InlineData("P6x2 2\n255\n")]
    [InlineData("P6\n2 2\n65535\n")]
    [InlineData("P6\n0 2\n255\n")]
    [InlineData("P6\n-2 2\n255\n")]
    [InlineData("P6\n# a comment\n2 2\n255\n")]
    [InlineData("P6\n9999999999 2\n255\n")]
    [InlineData("P6\n999999999 999999999\n255\n")]
    [InlineData("P6\n65536 65536\n255\n")]
    [InlineData("\0\0\0\u0018ftyp")]
    public void Read_OtherBytes_RefusesThem(string head)
    {
        using var reader = new PixmapReader(new MemoryStream([.. Encoding.Latin1.GetBytes(head), .. new byte[64]]));
        Should.Throw<IOException>(() => reader.Read(new FrameImage())).Message
            .ShouldBe("ffmpeg's output is none of the pictures that were asked for");
    }

    private static byte[] Pixels(int width, int height) =>
        [.. Enumerable.Range(0, 3 * width * height).Select(i => (byte)(i * 7))];

    private static byte[] Picture(int width, int height) =>
        [.. Encoding.ASCII.GetBytes($"P6\n{width} {height}\n255\n"), .. Pixels(width, height)];

    /// <summary>Gives a few bytes at a time, as a pipe may.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 7));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 7)]);
    }
}
