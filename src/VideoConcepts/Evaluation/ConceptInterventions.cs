namespace VideoConcepts.Evaluation;

/// <summary>What moves one concept, read from one head.</summary>
/// <param name="Head">The head.</param>
/// <param name="Concept">0 to K-1.</param>
/// <param name="Kind"><c>static</c>, <c>dynamic</c>, <c>both</c>, <c>neither</c> or <c>dead</c>.</param>
/// <param name="Motion">The intervention on motion that it is judged by.</param>
/// <param name="Look">That on look.</param>
/// <param name="Shares">All of them.</param>
public sealed record ConceptInterventions(ConceptHead Head, int Concept, string Kind, InterventionShare Motion,
    InterventionShare Look, IReadOnlyList<InterventionShare> Shares)
{
    /// <summary>What moves no less than this share of the variance, with 97.5 % certainty, moves a concept.</summary>
    public const double Threshold = 0.25;

    internal const string Both = "both", Neither = "neither", Dead = "dead";

    /// <summary>
    /// The rule. A concept is <c>dynamic</c> if motion moves it and look does not, <c>static</c> if look moves it and
    /// motion does not, <c>both</c> or <c>neither</c>: something moves it where the lower end of the 95 % interval of
    /// its share is at least <see cref="Threshold"/>. <c>dead</c> is a concept that stands out for no video: of none it
    /// is the concept of its head with the highest score, when each concept's scores are standardised over the videos;
    /// and so is one that scores all videos alike.
    /// <para>
    /// Motion is judged by the videos of another motion, look by those of another appearance, where there are such.
    /// Otherwise motion by that of frozen, reversed and shuffled clips which surely moves the concept most, having the
    /// highest lower end, of stills by that of frozen ones alone, for the others show another frame in the middle; look
    /// by what stays when clips are frozen, r² = 1 - the share that freezing changes, or by
    /// recoloured clips, whichever is the surer.
    /// </para>
    /// </summary>
    internal static ConceptInterventions Of(ConceptHead head, int concept, bool isDead,
        IReadOnlyList<InterventionShare> shares)
    {
        InterventionShare motion = Surest(head.Views != ConceptReading.Stills ? shares
            : [.. shares.Where(s => !IsOfMotion(s)
                || s.Name is Intervention.FrozenName or Intervention.OtherMotionName)], Intervention.OtherMotion);
        InterventionShare look = Surest([.. shares, Stays(shares)], Intervention.OtherAppearance);
        string kind = isDead ? Dead : (motion.Low >= Threshold, look.Low >= Threshold) switch
        {
            (true, true) => Both,
            (true, false) => ConceptReading.Dynamic,
            (false, true) => ConceptReading.Static,
            _ => Neither,
        };
        return new(head, concept, kind, motion, look, shares);
    }

    // What freezing leaves is evidence of the look.
    private static InterventionShare Stays(IReadOnlyList<InterventionShare> shares)
    {
        InterventionShare frozen = shares.First(s => s.Name == Intervention.FrozenName);
        return new("stays_when_frozen", 1 - frozen.Share, 1 - frozen.High, 1 - frozen.Low, frozen.Shift);
    }

    private static InterventionShare Surest(IReadOnlyList<InterventionShare> shares, Intervention counterpart) =>
        shares.FirstOrDefault(s => s.Name == counterpart.Name)
            ?? shares.Where(s => IsOfMotion(s) == counterpart.OfMotion).MaxBy(s => s.Low)!;

    private static bool IsOfMotion(InterventionShare share) =>
        Intervention.OfClips.Append(Intervention.OtherMotion).Any(i => i.OfMotion && i.Name == share.Name);
}

/// <summary>What moves the K concepts of one head.</summary>
/// <param name="Head">The head.</param>
/// <param name="Confirmed">Those that are what the head says: dynamic of dynamic, static of static.</param>
/// <param name="Opposite">Those that are the other kind.</param>
/// <param name="Both">Moved by motion and by look.</param>
/// <param name="Neither">Surely moved by neither.</param>
/// <param name="Dead">Stand out for no video.</param>
/// <param name="Means">Mean over those that are not dead of the share that each intervention changes; empty if all
/// are.</param>
public sealed record HeadInterventions(ConceptHead Head, int Confirmed, int Opposite, int Both, int Neither, int Dead,
    IReadOnlyList<InterventionShare> Means)
{
    internal static HeadInterventions Of(ConceptHead head, IReadOnlyList<ConceptInterventions> all,
        InterventionShares shares)
    {
        ConceptInterventions[] own = [.. all.Where(c => c.Head == head)];
        int Count(string kind) => own.Count(c => c.Kind == kind);
        int both = Count(ConceptInterventions.Both), neither = Count(ConceptInterventions.Neither),
            dead = Count(ConceptInterventions.Dead), confirmed = Count(head.Kind);
        return new(head, confirmed, own.Length - confirmed - both - neither - dead, both, neither, dead,
            shares.Mean([.. own.Where(c => c.Kind != ConceptInterventions.Dead).Select(c => head.First + c.Concept)]));
    }
}
