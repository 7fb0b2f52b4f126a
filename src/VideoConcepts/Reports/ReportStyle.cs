namespace VideoConcepts.Reports;

/// <summary>
/// The report's style sheet. Blue and orange are those of Okabe and Ito, which colour-blind readers tell apart;
/// every meaning that a colour has is given by a word or a sign too.
/// </summary>
internal static class ReportStyle
{
    public const string Css = """
        :root { color-scheme: light dark; --page: #fbfbf9; --card: #ffffff; --ink: #1b1d21; --soft: #5b616b;
          --rule: #dcdfe3; --grid: #e8eaed; --blue: #0072b2; --orange: #b84a00; --grey: #8a919b; --pale: #c3c8ce; }
        @media (prefers-color-scheme: dark) { :root { --page: #14161a; --card: #1d2026; --ink: #e9ebee; --soft: #a3abb6;
          --rule: #343942; --grid: #2b3038; --blue: #56b4e9; --orange: #f0883e; --grey: #848c98; --pale: #4d5561; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink);
          font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 64px; }
        h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; }
        h2 { font-size: 1.35rem; margin: 56px 0 4px; padding-top: 20px; border-top: 1px solid var(--rule); }
        h3 { font-size: 1rem; margin: 0; }
        p { margin: 6px 0 16px; max-width: 46rem; }
        .lead { font-size: 1.1rem; }
        nav { display: flex; flex-wrap: wrap; gap: 2px 18px; } nav a { color: var(--blue); }
        .soft, .none, figcaption { color: var(--soft); }
        .verdict { display: inline-block; border-left: 4px solid var(--blue); padding: 2px 0 2px 14px;
          font-size: 1.1rem; }
        .verdict.bad { border-left-color: var(--orange); }
        .cards { display: grid; gap: 14px;
          grid-template-columns: repeat(auto-fill, minmax(min(100%, 255px), 1fr)); margin: 10px 0 22px; }
        .cards.wide { grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
        .card { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
          padding: 14px 16px; break-inside: avoid; }
        .factor { margin: 22px 0 0; font-size: 1.05rem; }
        .bars { display: grid; grid-template-columns: 5.4em 1fr 4.6em; gap: 5px 8px; align-items: center;
          margin: 10px 0 6px; font-size: .86rem; }
        .bars dt { color: var(--soft); }
        .bars dd { margin: 0; }
        .bars .value { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        .bars .now { font-weight: 650; color: var(--ink); }
        .track { background: var(--grid); border-radius: 4px; height: 12px; }
        .fill { height: 12px; border-radius: 4px; background: var(--pale); min-width: 2px; }
        .fill.before { background: var(--grey); }
        .fill.after { background: var(--blue); }
        .gain { margin: 0; font-size: .86rem; }
        .up { color: var(--blue); } .down { color: var(--orange); }
        .scroll { overflow-x: auto; }
        table { border-collapse: collapse; font-size: .92rem; }
        th, td { text-align: left; padding: 6px 22px 6px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
        th { font-weight: 600; }
        thead th { color: var(--soft); font-weight: 500; }
        td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
        td.now { font-weight: 650; }
        .facts td { overflow-wrap: anywhere; } .facts th { white-space: nowrap; }
        .facts td { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; font-size: .86rem; }
        svg { display: block; width: 100%; height: auto; margin-top: 6px; }
        .cards svg { max-width: 380px; } .whole svg { min-width: 700px; }
        svg text { font-size: 11px; fill: var(--soft); } svg .end { text-anchor: end; }
        .grid { stroke: var(--grid); }
        .line, .raw { fill: none; stroke: var(--blue); stroke-width: 2; stroke-linejoin: round; }
        .raw { stroke: var(--pale); stroke-width: 1; } .dot { fill: var(--blue); }
        .row { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 10px; align-items: baseline; }
        .row .soft { font-size: .86rem; font-variant-numeric: tabular-nums; }
        .card .row .soft { white-space: nowrap; }
        .strip { overflow-x: auto; border-radius: 4px; max-width: 100%; }
        .strip img { display: block; max-width: none; }
        .pair .strip { overflow-x: visible; max-width: none; } .pair .strip + .strip { margin-top: 3px; }
        figure { margin: 0; width: min-content; min-width: min(100%, 215px); max-width: 100%; break-inside: avoid; }
        figcaption { font-size: .82rem; line-height: 1.4; margin-top: 4px; overflow-wrap: anywhere; }
        figcaption h3 { display: inline; margin-right: 6px; color: var(--ink); }
        .query { padding: 22px 0; border-bottom: 1px solid var(--rule); }
        .query > figure { margin-bottom: 14px; }
        .query .strips { border-left: 3px solid var(--rule); padding-left: 16px; }
        .strips { display: flex; flex-wrap: wrap; gap: 10px 26px; }
        .concept .strips { margin-top: 10px; }
        .concept { padding: 18px 0; border-bottom: 1px solid var(--rule); }
        .tag { display: inline-block; margin: 2px 5px 0 0; padding: 0 7px;
          border-radius: 9px; border: 1px solid var(--rule); color: var(--ink); }
        .tag.right { border: 1.5px solid var(--blue); color: var(--blue); }
        .tag.wrong { border: 1.5px dashed var(--orange); color: var(--orange); }
        .query:last-child, .concept:last-child { border-bottom: 0; }
        @media (max-width: 640px) { main { padding: 20px 14px 40px; } h1 { font-size: 1.55rem; }
          h2 { margin-top: 40px; } .query .strips { padding-left: 8px; } th, td { padding-right: 14px; }
          .facts th { white-space: normal; } }
        @media print { :root { --page: #fff; --card: #fff; --ink: #000; --soft: #444; --rule: #bbb; --grid: #e4e4e4;
          --blue: #0072b2; --orange: #b84a00; --grey: #777; --pale: #bbb; color-scheme: light; }
          body { font-size: 11px; } main { max-width: none; padding: 0; } h2 { break-after: avoid; }
          .strip, .pair .strip { overflow: visible; max-width: 100%; }
          .strip img { max-width: 100%; height: auto; }
          * { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
        """;
}
