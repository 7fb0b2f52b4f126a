using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace VideoConcepts.Tests;

/// <summary>Which room of the library may know which other one; docs in CONTRIBUTING.md.</summary>
public sealed class ArchitectureTests
{
    private static readonly Architecture s_library =
        new ArchLoader().LoadAssemblies(typeof(VideoEncoder).Assembly).Build();

    private static readonly string[] s_workflows = ["Training", "Evaluation", "Reports"];

    [Theory]
    [InlineData("Files")]
    [InlineData("Augmentation")]
    [InlineData("Losses")]
    [InlineData("Models")]
    [InlineData("Distributed", "Models")]
    [InlineData("Data", "Augmentation", "Files")]
    [InlineData("Training", "Evaluation", "Data", "Augmentation", "Files", "Models", "Losses", "Distributed")]
    [InlineData("Evaluation", "Training", "Data", "Augmentation", "Files", "Models", "Losses", "Distributed")]
    [InlineData("Reports", "Evaluation", "Training", "Data", "Augmentation", "Files", "Models", "Losses")]
    public void Room_OfTheLibrary_KnowsOnlyThoseBelow(string room, params string[] below) =>
        Known(room).Except([room, .. below]).ShouldBeEmpty($"{room} knows: {string.Join(", ", Examples(room, below))}");

    [Fact]
    public void Rooms_OfTheLibrary_AreAllNamedHere() => s_library.Types.Select(RoomOf).OfType<string>().Distinct()
        .ShouldBe(["Files", "Augmentation", "Losses", "Models", "Distributed", "Data", .. s_workflows],
            ignoreOrder: true);

    private static IEnumerable<string> Known(string room) => Dependencies(room).Select(d => d.Room).Distinct();

    private static IEnumerable<string> Examples(string room, string[] below) => Dependencies(room)
        .Where(d => d.Room != room && !below.Contains(d.Room)).Select(d => $"{d.From} → {d.To}").Distinct().Take(5);

    private static IEnumerable<(string Room, string From, string To)> Dependencies(string room) =>
        from type in s_library.Types
        where RoomOf(type) == room
        from dependency in type.Dependencies
        let other = RoomOf(dependency.Target)
        where other is not null
        select (other, type.Name, dependency.Target.Name);

    // VideoConcepts.Data.Preparation is a part of Data; the library's own namespace is no room.
    private static string? RoomOf(IType type)
    {
        string[] parts = type.Namespace?.FullName.Split('.') ?? [];
        return parts is ["VideoConcepts", var room, ..] ? room : null;
    }
}
