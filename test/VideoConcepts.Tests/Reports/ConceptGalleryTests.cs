using VideoConcepts.Data;
using VideoConcepts.Evaluation;
using VideoConcepts.Reports;

namespace VideoConcepts.Tests.Reports;

public sealed class ConceptGalleryTests
{
    private static readonly VideoEntry
        A = new("/a", 40, 0, "l.csv", 1), B = new("/b", 40, 1, "l.csv", 2), C = new("/c", 40, 1, "l.csv", 3);

    // Two static and two dynamic concepts; static 0 is the best of three clips, dynamic 1 of all.
    private static readonly ClipTable Scores = new(
        [
            0.9f, 0.1f, 0.0f, 0.5f,
            0.8f, 0.2f, 0.1f, 0.4f,
            0.7f, 0.3f, 0.2f, 0.9f,
            0.1f, 0.6f, 0.3f, 0.4f,
        ],
        4, [new(A, 0), new(A, 7), new(B, 0), new(C, 0)], []);

    [Fact]
    public void Of_Concept_ShowsTheBestClipOfEachVideo()
    {
        ConceptClips concept = new ConceptGallery(Scores).Of(ConceptKind.Static, 0, 2);
        concept.Clips.ShouldBe([new(new(A, 0), 0.9f), new(new(B, 0), 0.7f)]);
        concept.Usage.ShouldBe(0.75);
        concept.Selectivity.ShouldBe((0.8 - 0.625) / Math.Sqrt(0.096875), 1e-5);
    }

    [Fact]
    public void MostUsed_EachKind_CountsWithinTheKind()
    {
        var gallery = new ConceptGallery(Scores);
        gallery.MostUsed(ConceptKind.Static, 2, 1).Select(c => (c.Index, c.Usage)).ShouldBe([(0, 0.75), (1, 0.25)]);
        gallery.MostUsed(ConceptKind.Dynamic, 1, 1).Single().Index.ShouldBe(1);
        gallery.MostUsed(ConceptKind.Dynamic, 1, 1).Single().Usage.ShouldBe(1);
    }

    [Fact]
    public void MostSelective_UnusedConcept_IsLeftOut() =>
        new ConceptGallery(Scores).MostSelective(ConceptKind.Dynamic, 2, 1).Select(c => c.Index).ShouldBe([1]);

    [Fact]
    public void Of_ConstantScores_HasNoSelectivity() =>
        new ConceptGallery(new ClipTable([1, 1, 1, 1], 2, [new(A, 0), new(B, 0)], []))
            .Of(ConceptKind.Dynamic, 0, 5).Selectivity.ShouldBe(0);

    [Fact]
    public void Constructor_OddColumns_Throws() =>
        Should.Throw<ArgumentException>(() => new ConceptGallery(new ClipTable([1], 1, [new(A, 0)], [])));
}
