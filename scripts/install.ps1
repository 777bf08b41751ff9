# Installs devlog-collector for this user, on Windows (x64):
#
#   irm https://github.com/devlog-collector/devlog-collector/releases/latest/download/install.ps1 | iex
#
# It downloads one archive, checks it against SHA256SUMS, and puts one file into a folder of the user's, which it adds
# to the user's PATH. What may be set:
#
#   $env:DEVLOG_VERSION = "1.2.3"           another version than the newest
#   $env:DEVLOG_INSTALL_DIR = "C:\some\bin" another folder; the PATH is left alone
#   $env:DEVLOG_DOWNLOAD_URL = "https://…"  a mirror: the folder that has the archives and SHA256SUMS

function Install-DevlogCollector {
  $ErrorActionPreference = "Stop"
  $ProgressPreference = "SilentlyContinue"
  [Net.ServicePointManager]::SecurityProtocol = [Net.ServicePointManager]::SecurityProtocol -bor [Net.SecurityProtocolType]::Tls12

  $repository = "https://github.com/devlog-collector/devlog-collector"
  $target = "windows-x64"
  $version = $env:DEVLOG_VERSION
  $url = if ($env:DEVLOG_DOWNLOAD_URL) { $env:DEVLOG_DOWNLOAD_URL }
  elseif ($version) { "$repository/releases/download/v$version" }
  else { "$repository/releases/latest/download" }
  if ($url -notmatch '^(https://|http://(localhost|127\.0\.0\.1):)') {
    throw "refusing to download over anything but https: $url"
  }
  $ownFolder = -not $env:DEVLOG_INSTALL_DIR
  $folder = if ($ownFolder) { Join-Path $env:LOCALAPPDATA "Programs\devlog-collector" } else { $env:DEVLOG_INSTALL_DIR }

  $work = Join-Path ([IO.Path]::GetTempPath()) ("devlog-collector-" + [Guid]::NewGuid())
  New-Item -ItemType Directory -Path $work | Out-Null
  try {
    $sums = Join-Path $work "SHA256SUMS"
    Invoke-WebRequest -UseBasicParsing -Uri "$url/SHA256SUMS" -OutFile $sums
    $wanted = if ($version) { [Regex]::Escape($version) } else { "[0-9]\S*" }
    $lines = @(Get-Content $sums | Where-Object { $_ -match "^[0-9a-f]{64}  devlog-collector-$wanted-$target\.zip$" })
    if ($lines.Count -eq 0) { throw "$url/SHA256SUMS names no archive for $target" }
    if ($lines.Count -gt 1) { throw "$url/SHA256SUMS names several archives for ${target}: set DEVLOG_VERSION" }
    $expected, $archive = $lines[0] -split "  ", 2

    Write-Host "downloading $url/$archive"
    $file = Join-Path $work "archive.zip"
    Invoke-WebRequest -UseBasicParsing -Uri "$url/$archive" -OutFile $file
    $found = (Get-FileHash -Algorithm SHA256 $file).Hash.ToLowerInvariant()
    if ($found -ne $expected) { throw "$archive is damaged: its SHA-256 is $found, and should be $expected" }
    Expand-Archive -Path $file -DestinationPath $work

    New-Item -ItemType Directory -Force -Path $folder | Out-Null
    $program = Join-Path $folder "devlog-collector.exe"
    $old = "$program.old"
    if (Test-Path $old) { Remove-Item -Force $old -ErrorAction SilentlyContinue }
    # A program that runs can't be replaced on Windows, but it can be renamed.
    if (Test-Path $program) { Move-Item -Force $program $old }
    $stem = $archive -replace '\.zip$', ''
    Copy-Item (Join-Path (Join-Path $work $stem) "devlog-collector.exe") $program
    & $program version
    if ($LASTEXITCODE -ne 0) { throw "the program does not run on this machine" }
  }
  finally {
    Remove-Item -Recurse -Force $work
  }

  Write-Host "installed in $folder"
  if ($ownFolder) {
    $path = [Environment]::GetEnvironmentVariable("Path", "User")
    if (($path -split ";") -notcontains $folder) {
      [Environment]::SetEnvironmentVariable("Path", (@($path, $folder) | Where-Object { $_ }) -join ";", "User")
      Write-Host "added to your PATH: open a new terminal"
    }
  }
  Write-Host "start it with: devlog-collector start"
}

Install-DevlogCollector
