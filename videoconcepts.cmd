@echo off
rem Builds the program if it is missing or older than its sources, then runs it.
setlocal
set "root=%~dp0"
set "program=%root%artifacts\bin\VideoConcepts.Cli\release\VideoConcepts.Cli.dll"
set "log=%TEMP%\videoconcepts-build-%RANDOM%.log"

pushd "%root%" || exit /b 2
dotnet --version >nul 2>nul
if errorlevel 1 goto needs_sdk
powershell -NoProfile -Command "$built = Get-Item -LiteralPath $env:program -ErrorAction Ignore; if (-not $built) { exit 1 }; $sources = @(Get-ChildItem src, recipes, weights, build -Recurse -File) + @(Get-ChildItem Directory.*.* -File); if ($sources | Where-Object LastWriteTimeUtc -gt $built.LastWriteTimeUtc | Select-Object -First 1) { exit 1 }"
if not errorlevel 1 goto run

echo videoconcepts: building, a minute the first time ... 1>&2
dotnet build src\VideoConcepts.Cli -c Release --nologo -v quiet >"%log%" 2>&1
if errorlevel 1 goto failed
del "%log%"
powershell -NoProfile -Command "(Get-Item -LiteralPath $env:program).LastWriteTimeUtc = [DateTime]::UtcNow"

:run
popd
dotnet "%program%" %*
exit /b %errorlevel%

:failed
type "%log%" 1>&2
del "%log%"
popd
exit /b 1

:needs_sdk
popd
echo videoconcepts: needs the .NET 10 SDK: install it with winget install Microsoft.DotNet.SDK.10 and put dotnet on PATH. 1>&2
exit /b 2
