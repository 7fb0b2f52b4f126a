using VideoConcepts.Data;
using VideoConcepts.Models;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests.Training;

public sealed class ViewsTests : IDisposable
{
    private const int Videos = 2, Clips = 2, Frames = 4, Area = 5 * 7;
    private readonly TorchSharp.DisposeScope _scope = NewDisposeScope();

    public void Dispose() => _scope.Dispose();

    /// <summary>Bit for bit what a loop over the pixels gives, which is how the loader once made them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void OfConcepts_OfPixels_AreWhatALoopGives(bool wrap)
    {
        Tensor clips = Pixels(1, Videos, Clips, Frames, 3, 5, 7), stills = Pixels(2, Videos, Clips, 3, 5, 7);
        byte[] v = [.. clips.data<byte>()], s = [.. stills.data<byte>()];
        Tensor views = Views.OfConcepts(clips, stills, wrap);
        views.shape.ShouldBe([Videos, 3 * Clips, 3, Frames, 5, 7]);
        float[] actual = [.. views.contiguous().data<float>()];
        int at = 0;
        for (int video = 0; video < Videos; video++)
            for (int view = 0; view < 3 * Clips; view++)
                for (int c = 0; c < 3; c++)
                    for (int t = 0; t < Frames; t++)
                        for (int i = 0; i < Area; i++)
                            actual[at++].ShouldBe(Expected(video, view, c, t, i));

        float Expected(int video, int view, int c, int t, int i)
        {
            int clip = view % Clips;
            float Moving(int time) =>
                Normalised(v[(((((((video * Clips) + clip) * Frames) + time) * 3) + c) * Area) + i], c);
            return (view / Clips) switch
            {
                0 => Moving(t),
                1 => Normalised(s[(((((video * Clips) + clip) * 3) + c) * Area) + i], c),
                _ when t > 0 => Moving(t) - Moving(t - 1),
                _ => wrap ? Moving(0) - Moving(Frames - 1) : Moving(1) - Moving(0),
            };
        }
    }

    [Fact]
    public void OfClips_OfPixels_AreNormalised()
    {
        Tensor clips = Pixels(3, Videos, 3, Frames, 3, 5, 7);
        byte[] pixels = [.. clips.data<byte>()];
        Tensor views = Views.OfClips(clips);
        views.shape.ShouldBe([Videos, 3, 3, Frames, 5, 7]);
        float[] actual = [.. views.transpose(2, 3).contiguous().data<float>()];
        for (int i = 0; i < pixels.Length; i++) actual[i].ShouldBe(Normalised(pixels[i], i / Area % 3));
    }

    /// <summary>
    /// What crosses to the device for a batch of the published size: 107 MB, where floats were 1.2 GB.
    /// </summary>
    [Fact]
    public void Bytes_OfAPublishedBatch_AreATwelfthOfTheViews()
    {
        IClipBuilder builder = new ClipsAndStills(2, 16, 128, 3);
        long bytes = 64 * (builder.ClipsLength + builder.StillsLength);
        Tensor views = Views.OfConcepts(empty([1, 2, 16, 3, 128, 128], uint8), empty([1, 2, 3, 128, 128], uint8));
        (bytes / 1_000_000, 64 * views.numel() * views.ElementSize / 1_000_000).ShouldBe((106, 1207));
    }

    private static float Normalised(byte pixel, int channel) =>
        (pixel * (1f / (255f * Normalization.Std[channel])))
            + (-Normalization.Mean[channel] / Normalization.Std[channel]);

    private static Tensor Pixels(long seed, params long[] shape)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return randint(0, 256, shape, dtype: int64, generator: generator).to(uint8);
    }
}
