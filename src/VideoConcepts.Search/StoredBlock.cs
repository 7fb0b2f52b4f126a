namespace VideoConcepts.Search;

/// <summary>The vectors of a block as a store keeps them.</summary>
/// <param name="Checks">XXH3 of each part in their order, then of the block's numbers, 8 bytes each; they tell whether
/// the rest is as it was written.</param>
/// <param name="Look">(Count, LookSize).</param>
/// <param name="Motion">(Count, MotionSize).</param>
/// <param name="Features">(Count, D).</param>
/// <param name="Scores">(Count, 4 K).</param>
internal sealed record StoredBlock(byte[] Checks, byte[]? Look, byte[]? Motion, byte[]? Features, byte[]? Scores)
{
    private const int Parts = 4;

    /// <summary>Where the check of the numbers begins in <see cref="Checks"/>.</summary>
    public const int ChecksOfParts = 8 * Parts;

    /// <summary>The bytes of a block; its numbers are those that it gets.</summary>
    public static StoredBlock Of(MomentBlock block, bool half)
    {
        byte[][] parts = [.. new[] { block.Look, block.Motion, block.Features, block.Scores }
            .Select(part => StoredVectors.Bytes(part, half))];
        byte[] checks = [.. parts.SelectMany(part => BitConverter.GetBytes(StoredVectors.Check(part))),
            .. CheckOf(block.First, block.VideoId, block.Count)];
        return new(checks, parts[0], parts[1], parts[2], parts[3]);
    }

    /// <summary>The check of a block's numbers, the last 8 bytes.</summary>
    public static byte[] CheckOf(long first, long video, int count) =>
        BitConverter.GetBytes(RowCheck.Of(first, video, count));

    /// <summary>The block; parts that were not read are empty.</summary>
    /// <exception cref="InvalidDataException">The bytes are not as they were written.</exception>
    public MomentBlock Block(long first, long video, int count, LibraryHeader header)
    {
        if (count is < 1 or > MomentBlock.Most) throw new InvalidDataException($"a block of {count} moments");
        if (Checks.Length != ChecksOfParts + 8)
            throw new InvalidDataException($"a block with {Checks.Length} bytes of checks");
        RowCheck.Require(BitConverter.ToInt64(Checks, ChecksOfParts), "a block", first, video, count);
        return new MomentBlock(first, video, count, Part(0, Look, header.LookSize), Part(1, Motion, header.MotionSize),
            Part(2, Features, header.FeatureSize), Part(3, Scores, 4 * header.Concepts));

        float[] Part(int part, byte[]? bytes, int size)
        {
            if (bytes is null) return [];
            if (StoredVectors.Check(bytes) != BitConverter.ToInt64(Checks, 8 * part))
                throw new InvalidDataException($"the vectors from moment {first} on are not as they were written");
            return StoredVectors.Numbers(bytes, count * size, header.Half);
        }
    }
}
