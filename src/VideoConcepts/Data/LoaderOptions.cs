namespace VideoConcepts.Data;

/// <summary>How a <see cref="ClipLoader"/> loads.</summary>
internal sealed record LoaderOptions
{
    /// <summary>Videos in a batch of this process; at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>
    /// Threads that read and augment; 0 loads on the thread that asks. What is loaded does not depend on it.
    /// </summary>
    public int Workers { get; init; } = 4;

    /// <summary>Decides the order and every random draw.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Batches loaded ahead of the one handed over; at least 1. At most Prefetch + 1 batches are in memory, besides
    /// those that the consumer has not disposed.
    /// </summary>
    public int Prefetch { get; init; } = 2;

    /// <summary>
    /// How many videos may turn out unreadable: they are left out of their batches, which are then smaller. One more
    /// ends the loading with the error that names it.
    /// </summary>
    public int MaxBad { get; init; }

    /// <summary>
    /// Batches lie in memory that stays where it is, from which a GPU copies while the program goes on; only where
    /// there is a GPU.
    /// </summary>
    public bool Pinned { get; init; }

    /// <summary>Which of the processes this one is, from 0.</summary>
    public int ProcessRank { get; init; }

    /// <summary>Processes that share the epoch.</summary>
    public int ProcessCount { get; init; } = 1;

    /// <exception cref="BadInputException">A value is out of range, or the list is too short for one batch.</exception>
    internal void Validate(string listName, int usable, int leftOut, int framesNeeded)
    {
        if (BatchSize < 1)
            throw new BadInputException($"a batch of {BatchSize} videos is not possible; choose 1 or more");
        if (Workers < 0) throw new BadInputException($"{Workers} loader workers are not possible; choose 0 or more");
        if (MaxBad < 0) throw new BadInputException($"{MaxBad} unreadable videos cannot be allowed; choose 0 or more");
        if (Prefetch < 1)
            throw new BadInputException($"loading {Prefetch} batches ahead is not possible; choose 1 or more");
        if (ProcessCount < 1)
            throw new BadInputException($"{ProcessCount} processes are not possible; choose 1 or more");
        if (ProcessRank < 0 || ProcessRank >= ProcessCount)
            throw new BadInputException($"process rank {ProcessRank} is not one of 0 to {ProcessCount - 1}");

        string tooShort = $"{leftOut} have {framesNeeded} frames or fewer and are left out";
        if (usable == 0)
            throw new BadInputException(
                $"{listName}: no video is usable: {tooShort}; use longer videos, or fewer or shorter clips");
        if ((long)BatchSize * ProcessCount <= usable) return;
        string processes = ProcessCount > 1 ? $" in each of {ProcessCount} processes" : "";
        throw new BadInputException(
            $"{listName}: a batch of {BatchSize} videos{processes} is more than the list's {usable} usable videos "
            + $"({tooShort}); "
            + (usable >= ProcessCount
                ? $"choose a batch of at most {usable / ProcessCount}" : $"use at most {usable} processes"));
    }
}
