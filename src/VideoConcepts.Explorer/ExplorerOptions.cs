using VideoConcepts.Search;

namespace VideoConcepts.Explorer;

/// <summary>What is explored, and for whom.</summary>
public sealed record ExplorerOptions
{
    /// <summary>The library: a file, or an address.</summary>
    public required string Library { get; init; }

    /// <summary>Where its videos and its model are, and where the network computes.</summary>
    public LibraryOptions Opening { get; init; } = new();

    /// <summary>The name or address that it listens at; one that others reach needs a token.</summary>
    public string Host { get; init; } = "localhost";

    /// <summary>The port; null: 8080, or the next one that is free; 0: any.</summary>
    public int? Port { get; init; }

    /// <summary>Whether names and tags stay as they are.</summary>
    public bool ReadOnly { get; init; }

    /// <exception cref="BadInputException">An option is out of range.</exception>
    internal void Validate()
    {
        if (Port is not null and (< 0 or > 65535)) throw new BadInputException($"‹port› is {Port}: give 0 to 65535.");
        if (Host.Length == 0 || Uri.CheckHostName(Host) == UriHostNameType.Unknown)
            throw new BadInputException($"‹host› {Host}: give a name or an address, such as 0.0.0.0.");
    }
}
