using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace VideoConcepts.Tests;

/// <summary>Which room of the library may know which other one; docs in CONTRIBUTING.md.</summary>
public sealed class ArchitectureTests
{
    private static readonly Architecture s_library =
        new ArchLoader().LoadAssemblies(typeof(VideoEncoder).Assembly).Build();

    private static readonly string[] s_lower = ["Data", "Augmentation", "Files", "Models", "Losses", "Distributed"];

    // each room, and those that it may know
    private static readonly Dictionary<string, string[]> s_rooms = new()
    {
        ["Files"] = [],
        ["Augmentation"] = [],
        ["Losses"] = [],
        ["Models"] = [],
        ["Distributed"] = ["Models"],
        ["Data"] = ["Augmentation", "Files"],
        ["Training"] = ["Evaluation", .. s_lower],
        ["Evaluation"] = ["Training", .. s_lower],
        ["Reports"] = ["Evaluation", "Training", .. s_lower],
        ["Learning"] = ["Reports", "Evaluation", "Training", .. s_lower],
    };

    public static TheoryData<string> Rooms => [.. s_rooms.Keys];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Room_OfTheLibrary_KnowsOnlyThoseBelow(string room) => Known(room).Except([room, .. s_rooms[room]])
        .ShouldBeEmpty($"{room} knows: {string.Join(", ", Examples(room, s_rooms[room]))}");

    [Fact]
    public void Rooms_OfTheLibrary_AreAllNamedHere()
    {
        s_library.Types.Select(RoomOf).OfType<string>().Distinct().ShouldBe(s_rooms.Keys, ignoreOrder: true);
        Known("Reports").ShouldContain("Evaluation"); // what is known is seen
    }

    private static IEnumerable<string> Known(string room) => Dependencies(room).Select(d => d.Room).Distinct();

    private static IEnumerable<string> Examples(string room, string[] below) => Dependencies(room)
        .Where(d => d.Room != room && !below.Contains(d.Room)).Select(d => $"{d.From} → {d.To}").Distinct().Take(5);

    private static IEnumerable<(string Room, string From, string To)> Dependencies(string room) =>
        from type in s_library.Types
        where RoomOf(type) == room
        from dependency in type.Dependencies
        where dependency.Target is not GenericParameter // one of another type has the same name
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
