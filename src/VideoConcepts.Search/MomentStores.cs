using System.Collections.Immutable;

namespace VideoConcepts.Search;

/// <summary>
/// Opens libraries by their names: a file, or an address such as <c>postgresql://host/database</c> whose kind of store
/// the program has taken in.
/// </summary>
public static class MomentStores
{
    private const string Postgres = "postgresql";

    private static ImmutableDictionary<string, Func<string, WorkContext, LibraryPlace>> s_kinds =
        ImmutableDictionary.Create<string, Func<string, WorkContext, LibraryPlace>>(StringComparer.Ordinal);

    /// <summary>Opens a library.</summary>
    /// <param name="library">A file, or an address.</param>
    /// <param name="create">Whether it is made if there is none.</param>
    /// <param name="work">Told what is worth knowing.</param>
    /// <exception cref="BadInputException">There is none, it is no library, damaged, of a later version, or its server
    /// cannot be reached.</exception>
    public static IMomentStore Open(string library, bool create = false, WorkContext? work = null) =>
        At(library, work ?? new WorkContext()).Open(create);

    /// <summary>Takes in a kind of store.</summary>
    /// <param name="scheme">What its addresses begin with, before <c>://</c>.</param>
    /// <param name="at">The place of an address.</param>
    internal static void Register(string scheme, Func<string, WorkContext, LibraryPlace> at) =>
        ImmutableInterlocked.AddOrUpdate(ref s_kinds, scheme, at, (_, _) => at);

    /// <summary>Where a library of this name is.</summary>
    internal static LibraryPlace At(string library, WorkContext work)
    {
        int end = library.IndexOf("://", StringComparison.Ordinal);
        if (end <= 0) return new LibraryFile(library);
        string scheme = library[..end];
        if (s_kinds.TryGetValue(scheme, out Func<string, WorkContext, LibraryPlace>? at)) return at(library, work);
        if (scheme == Postgres)
            throw new BadInputException("postgresql://…: this program does not take libraries in a database; call "
                + "PostgresLibraries.Register of VideoConcepts.Search.Postgres first.");
        return new LibraryFile(library);
    }
}
