namespace VideoConcepts.Tests.Support;

/// <summary>Tests that only start processes and wait for them: one after another, beside the others.</summary>
[CollectionDefinition(nameof(ProcessTests))]
public sealed class ProcessTests : ICollectionFixture<TinyVideos>;
