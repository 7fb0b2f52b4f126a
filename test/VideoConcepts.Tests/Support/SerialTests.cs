namespace VideoConcepts.Tests.Support;

/// <summary>
/// Tests that redirect the console, train, or weigh the process run one after another and beside no other test:
/// the console, libtorch's number of threads and the resident memory belong to the whole process.
/// </summary>
[CollectionDefinition(nameof(SerialTests), DisableParallelization = true)]
public sealed class SerialTests : ICollectionFixture<TinyVideos>;
