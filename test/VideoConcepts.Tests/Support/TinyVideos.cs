using VideoConcepts.Data.Synthetic;

namespace VideoConcepts.Tests.Support;

/// <summary>
/// 24 training and 16 test videos of 20 to 24 frames of 40×32 pixels; made once, and not to be changed.
/// </summary>
public sealed class TinyVideos : IDisposable
{
    private readonly WorkFolder _work = new();

    public TinyVideos() => Files = SyntheticDataset.Generate(
        _work["videos"], Options, Environment.ProcessorCount, null, TestContext.Current.CancellationToken);

    public static SyntheticOptions Options { get; } =
        new() { Width = 40, Height = 32, MinFrames = 20, MaxFrames = 24, TrainVideos = 24, TestVideos = 16 };

    public SyntheticFiles Files { get; }

    public void Dispose() => _work.Dispose();
}
