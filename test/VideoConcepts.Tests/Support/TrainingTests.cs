using TorchSharp;

namespace VideoConcepts.Tests.Support;

/// <summary>
/// Tests that train: a folder for their runs, and libtorch's number of threads as it was before. For the collection
/// <see cref="SerialTests"/> only.
/// </summary>
public abstract class TrainingTests : IDisposable
{
    private readonly int _threads = torch.get_num_threads();

    /// <summary>Goes with the test.</summary>
    internal WorkFolder Work { get; } = new();

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        torch.set_num_threads(_threads);
        Work.Dispose();
        GC.SuppressFinalize(this);
    }
}
