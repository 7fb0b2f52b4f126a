using VideoConcepts.Reports;
using VideoConcepts.Tests.Support;

namespace VideoConcepts.Tests.Reports;

/// <summary>What one process makes alone is refused to several, before anything is written.</summary>
public sealed class SeveralProcessesTests : IDisposable
{
    private readonly WorkFolder _work = new();
    private readonly WorkContext _two = new() { Communicator = new SecondOfTwo() };

    public void Dispose() => _work.Dispose();

    [Fact]
    public void Run_OfTheDemo_IsRefused() =>
        Refusal(() => Demo.Run(new DemoOptions { Training = TinyRun.Model, Out = _work["demo"] }, _two))
            .ShouldBe("the demo is made in one process, not in several.");

    [Fact]
    public void Write_OfAReport_IsRefused() =>
        Refusal(() => RunReport.Write(new RunReportOptions { Net = "r2plus1d-tiny", Out = _work["new/page.html"] },
            _two)).ShouldBe("a report is made in one process, not in several.");

    private string Refusal(Action action)
    {
        string message = Should.Throw<BadInputException>(action).Message;
        Directory.GetFileSystemEntries(_work.Path).ShouldBeEmpty();
        return message;
    }
}
