using VideoConcepts.Evaluation;

namespace VideoConcepts.Tests.Evaluation;

public sealed class ConceptDiagnosisTests
{
    /// <summary>
    /// A part that all videos share lets one concept lead always; without it each leads for its class.
    /// </summary>
    [Fact]
    public void Of_ScoresWithACommonPart_FindsTheConceptsThatItHides()
    {
        int[] labels = [0, 1, 2, 3, 0, 1, 2, 3];
        float[] scores = new float[8 * 4];
        for (int row = 0; row < 8; row++)
            for (int c = 0; c < 4; c++) scores[(row * 4) + c] = (c == 2 ? 5 : 0) + (labels[row] == c ? 1 : 0);
        HeadDiagnosis found = ConceptDiagnosis.Of(scores, 4, [labels, [0, 0, 0, 0, 1, 1, 1, 1]]);
        (found.Dead, found.CentredDead).ShouldBe((3, 0));
        found.Information.ShouldBe([0, 0], 1e-9);
        found.CentredInformation[0].ShouldBe(1, 1e-9);
        found.CentredInformation[1].ShouldBeLessThan(0.1);
        found.Targets.ShouldBeLessThan(0.1); // balanced: each video has a concept of its own
        found.Predictions.ShouldBeLessThan(0.01); // all the same one
    }

    [Fact]
    public void Of_ASingleConcept_IsANumber()
    {
        HeadDiagnosis found = ConceptDiagnosis.Of([0.5f, 0.25f], 1, [[0, 1]]);
        (found.Dead, found.Targets, found.Predictions).ShouldBe((0, 1, 1));
    }

    [Fact]
    public void Follows_OfVectors_CountsThoseNearestToTheirOwn()
    {
        float[] clips = [1, 0, 0, 1, 0.8f, 0.6f], others = [1, 0, 0.6f, 0.8f, 0, 1];
        // the first does; the second is nearer to the third's
        ConceptDiagnosis.Follows(clips, others, 2).ShouldBe(1 / 3.0, 1e-6);
        ConceptDiagnosis.Follows(clips, clips, 2).ShouldBe(1, 1e-6);
    }
}
