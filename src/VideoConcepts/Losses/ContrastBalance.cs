using static TorchSharp.torch;

namespace VideoConcepts.Losses;

/// <summary>
/// Keeps two contrasts at the same pace (ours): whichever has lost the smaller share of its value by chance gets more
/// of a weight of 2. A contrast that is learned first otherwise keeps the other from being learned.
/// </summary>
public static class ContrastBalance
{
    private const double Floor = 0.02; // of the share that was learned: at the start neither leads
    private const double Most = 16;

    /// <summary>I_vs and I_vd where nothing is learned: each is two contrasts, of ln N by chance.</summary>
    /// <param name="videos">N, of a step.</param>
    /// <param name="staticNegatives">A video's own static view is one negative more of the motion.</param>
    public static (double Look, double Motion) Chance(long videos, bool staticNegatives) =>
        (2 * Math.Log(videos), Math.Log(videos) + Math.Log(videos + (staticNegatives ? 1 : 0)));

    /// <summary>
    /// What to add to look + motion so that their weights become w_s and w_d: with r = learned(look) / learned(motion)
    /// in [1/16, 16], w_s = 2 / (1 + r) and w_d = 2 r / (1 + r), constants to the gradient.
    /// </summary>
    /// <param name="look">I_vs of this step, a scalar.</param>
    /// <param name="motion">I_vd of this step, a scalar.</param>
    /// <param name="chance">Both where nothing is learned, see <see cref="Chance"/>.</param>
    public static Tensor Loss(Tensor look, Tensor motion, (double Look, double Motion) chance)
    {
        using var scope = NewDisposeScope();
        Tensor r = (Learned(look, chance.Look) / Learned(motion, chance.Motion)).clamp(1 / Most, Most);
        Tensor lean = (1 - r) / (1 + r); // w_s - 1 = 1 - w_d
        return (lean * (look - motion)).MoveToOuterDisposeScope();

        static Tensor Learned(Tensor contrast, double atFirst) =>
            (1 - (contrast.detach() / atFirst)).clamp_min(0) + Floor;
    }
}
