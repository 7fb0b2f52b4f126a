using TorchSharp;
using VideoConcepts.Evaluation;
using VideoConcepts.Models;
using VideoConcepts.Tests.Support;
using VideoConcepts.Training;
using static TorchSharp.torch;

namespace VideoConcepts.Tests;

public sealed class VideoEncoderTests : IDisposable
{
    private readonly WorkFolder _work = new();

    public void Dispose() => _work.Dispose();

    /// <summary>The weights of a run that has not begun are those of its seed.</summary>
    [Fact]
    public void Untrained_OfASeed_HasTheFeaturesOfARunThatBeginsWithIt()
    {
        TrainOptions options = TinyRun.Model with { Seed = 3 };
        using VideoEncoder encoder = Load(options);
        float[] begun = Features(encoder);
        foreach (int time in (int[])[1, 2])
        {
            using VideoEncoder same = encoder.Untrained(3);
            Features(same).ShouldBe(begun, $"time {time}");
        }
        using VideoEncoder other = encoder.Untrained(4), first = encoder.Untrained(), one = encoder.Untrained(1);
        Features(other).ShouldNotBe(begun);
        Features(first).ShouldBe(Features(one));
        Features(encoder).ShouldBe(begun); // nothing of it was changed or freed
    }

    [Fact]
    public void Untrained_OfAnEncoder_SaysThatItIsTheSameNetWithRandomWeights()
    {
        using VideoEncoder encoder = Load(TinyRun.Model, new EncoderOptions { Frames = 6, Windows = 2 }),
            untrained = encoder.Untrained(7);
        (untrained.Training with { Precision = encoder.Training.Precision }).ShouldBe(
            encoder.Training with { Seed = 7 });
        (untrained.Clips.Frames, untrained.Clips.MaxWindows).ShouldBe((6, 2));
        untrained.Clips.ShouldBe(encoder.Clips);
        (untrained.FeatureSize, untrained.Concepts).ShouldBe((encoder.FeatureSize, TinyRun.Model.Concept));
        Should.Throw<InvalidOperationException>(() => untrained.Export(_work["weights.safetensors"])).Message
            .ShouldBe("Random weights are of no checkpoint.");
        File.Exists(_work["weights.safetensors"]).ShouldBeFalse();
    }

    private VideoEncoder Load(TrainOptions options, EncoderOptions? windows = null)
    {
        string file = _work["checkpoint.safetensors"];
        using (IVideoModel model = TrainingRun.BuildModel(options)) Checkpoint.Save(file, model, options, 1);
        return VideoEncoder.Load(file, (windows ?? new EncoderOptions()) with { Device = "cpu" });
    }

    private static float[] Features(VideoEncoder encoder)
    {
        using var generator = new Generator(5, CPU);
        using Tensor pixels = randint(0, 256, [2, 4, 3, 32, 32], uint8, generator: generator),
            features = encoder.EmbedClips(pixels);
        return features.data<float>().ToArray();
    }
}
