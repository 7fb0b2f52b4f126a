using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;

namespace VideoConcepts.Tests.Data;

/// <summary>A video whose frames change size is named, wherever its frames are read.</summary>
public sealed class SteadySizeTests : IDisposable
{
    private const int Frames = 20;
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Build_FramesOfChangingSize_AreNamedWithFileAndLine(bool changes)
    {
        VideoEntry video = Video(changes ? Frames / 2 : Frames + 1);
        foreach (IClipBuilder builder in (IClipBuilder[])[new ClipsAndStills(2, 8, 32, 1),
            new MultiLevelClips(8, 32, 1),
            new ClassifierClips(new ClipOptions { Frames = 16, Size = 32 })])
        {
            using IFrameReader reader = FrameReaders.Create();
            string? message = Refusal(() =>
            {
                var random = RandomStream.For(1, 0, 0);
                builder.Build(video, reader, ref random, new byte[builder.ClipsLength], new byte[builder.StillsLength]);
            });
            if (changes)
                message!.ShouldMatch(
                    @"v/image_00010\.jpg: 24x32 pixels, earlier frames of the video have 40x32 \(list\.csv:7\)",
                        builder.GetType().Name);
            else message.ShouldBeNull(builder.GetType().Name);
        }
    }

    [Theory]
    [InlineData(10, "image_00010.jpg: 24x32 pixels, earlier frames of the video have 40x32 (list.csv:7)")]
    [InlineData(20, "image_00020.jpg: 24x32 pixels, earlier frames of the video have 40x32 (list.csv:7)")]
    [InlineData(21, null)]
    public void Extract_FramesOfChangingSize_AreNamedWithFileAndLine(int from, string? expected)
    {
        VideoEntry video = Video(from), other = video with { Line = 8 };
        var extractor = new FeatureExtractor(new ClipOptions { Frames = 8, Size = 16 },
            new ExtractionOptions { Workers = 1 }, FrameReaders.Create);
        string? message = Refusal(() => extractor.Extract([video, other], clips => clips.flatten(1),
            cancellation: TestContext.Current.CancellationToken));
        if (expected is null) message.ShouldBeNull();
        else message!.ShouldContain(expected);
    }

    /// <summary>
    /// Windows that lie apart are compared by themselves: what is said does not depend on the threads.
    /// </summary>
    [Fact]
    public void Extract_ASizeThatChangesBetweenWindows_IsTheSameForAnyNumberOfThreads()
    {
        VideoEntry video = Video(10);
        foreach (int workers in (int[])[1, 3])
        {
            var extractor = new FeatureExtractor(new ClipOptions
            {
                Frames = 4,
                Size = 16,
                MaxWindows = 2,
                Uniform = true
            }, new ExtractionOptions { Workers = workers, BatchSize = 1 }, FrameReaders.Create);
            Refusal(() => extractor.Extract([video], clips => clips.flatten(1),
                cancellation: TestContext.Current.CancellationToken)).ShouldBeNull();
        }
    }

    private static string? Refusal(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (BadInputException e)
        {
            return e.Message;
        }
    }

    private VideoEntry Video(int narrowFrom)
    {
        for (int i = 1; i <= Frames; i++) File.WriteAllBytes(_work.NewFile($"v/image_{i:D5}.jpg"),
            TinyFrames.Jpeg(i >= narrowFrom ? 24 : 40, 32));
        return new VideoEntry(_work["v"], Frames, 0, "list.csv", 7);
    }
}
