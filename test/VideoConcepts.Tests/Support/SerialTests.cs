namespace VideoConcepts.Tests.Support;

/// <summary>
/// Tests that redirect the console, train, or weigh the process run one after another and beside no other test of
/// their process: the console, libtorch's number of threads, the pauses of garbage collection and the resident memory
/// belong to the whole process. <c>Processes.props</c> divides the tests among two.
/// </summary>
[CollectionDefinition(nameof(SerialTests), DisableParallelization = true)]
public sealed class SerialTests : ICollectionFixture<TinyVideos>;
